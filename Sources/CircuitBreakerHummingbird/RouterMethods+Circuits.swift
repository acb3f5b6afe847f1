//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import Hummingbird

extension RouterMethods {
    /// Adds two routes that say how circuits are, as this process last saw them.
    ///
    /// Neither depends on what the circuits protect, nor asks their store.
    ///
    /// - `/health`: 200, with `ok`, or with `degraded` and the circuits that are not CLOSED. It is 503 only for circuits that `isUnfit` names: a load balancer that
    ///   takes all servers away since what they all depend on is down makes an outage of a degradation.
    /// - `/circuits`: each circuit's state, the reason for it, the order in force, the calls within its window, and how calls ended in this process.
    ///
    /// Who may read them is for the router's other middleware to say: `/circuits` shows who gave an order, and why.
    /// - Parameters:
    ///   - isUnfit: whether this server is of no use while the circuit is as it is.
    ///   - breakers: the circuits, asked for at each request.
    /// - Returns: the router.
    @discardableResult
    public func addCircuitRoutes(
        isUnfit: @escaping @Sendable (CircuitBreaker) -> Bool = { _ in false },
        of breakers: @escaping @Sendable () -> [CircuitBreaker]
    ) -> Self {
        get("/health") { request, _ in
            let all = breakers()
            return try Response.json(Health(all), as: "application/json", all.contains(where: isUnfit) ? .serviceUnavailable : .ok, to: request)
        }
        return get("/circuits") { request, _ in
            let circuits = Circuits(circuits: breakers().map(Circuits.Circuit.init).sorted { $0.id < $1.id })
            return try Response.json(circuits, as: "application/json", .ok, to: request)
        }
    }

    /// Adds the routes `/health` and `/circuits` for certain circuits.
    /// - Parameters:
    ///   - breakers: the circuits.
    ///   - isUnfit: whether this server is of no use while the circuit is as it is.
    /// - Returns: the router.
    @discardableResult
    public func addCircuitRoutes(
        of breakers: CircuitBreaker...,
        isUnfit: @escaping @Sendable (CircuitBreaker) -> Bool = { _ in false }
    ) -> Self {
        addCircuitRoutes(isUnfit: isUnfit) { breakers }
    }

    /// Adds the routes `/health` and `/circuits` for the circuits that a registry holds.
    /// - Parameters:
    ///   - registry: the circuits.
    ///   - isUnfit: whether this server is of no use while the circuit is as it is.
    /// - Returns: the router.
    @discardableResult
    public func addCircuitRoutes(
        of registry: CircuitBreakerRegistry,
        isUnfit: @escaping @Sendable (CircuitBreaker) -> Bool = { _ in false }
    ) -> Self {
        addCircuitRoutes(isUnfit: isUnfit) { registry.breakers }
    }
}

private struct Health: Encodable {
    // A registry may hold many.
    private static let mostNamed = 100

    let status: String
    let circuits: Int
    let notClosed: Int
    let storeLost: Int
    // The first of those that are not CLOSED, by id.
    let states: [String: String]

    init(_ breakers: [CircuitBreaker]) {
        let views = breakers.map { (id: $0.id, view: $0.view) }
        let open = views.filter { $0.view.state != .closed }
        circuits = views.count
        notClosed = open.count
        storeLost = views.count { $0.view.isStoreLost }
        status = notClosed + storeLost == 0 ? "ok" : "degraded"
        let named = open.sorted { $0.id < $1.id }.prefix(Self.mostNamed).map { ($0.id, $0.view.state.rawValue) }
        states = Dictionary(named) { first, _ in first }
    }
}

private struct Circuits: Encodable {
    struct Circuit: Encodable {
        struct Order: Encodable {
            let kind: String
            let until: Int64?
            let by: String
            let why: String
        }

        struct Window: Encodable {
            let calls: Int
            let failures: Int
            let slowCalls: Int
        }

        // Of this process.
        struct Counts: Encodable {
            let succeeded: Int
            let failed: Int
            let timedOut: Int
            let unused: Int
            let rejected: Int
        }

        let id: String
        // That which decides about calls.
        let state: String
        // The circuit's own, where an order decides.
        let stateWithoutOrder: String?
        let reason: String?
        let retryAfterMs: Int64?
        let ageMs: Int64?
        let isStoreLost: Bool
        let order: Order?
        let window: Window
        let counts: Counts

        init(_ breaker: CircuitBreaker) {
            let (view, counts) = (breaker.view, breaker.counts)
            id = breaker.id
            state = view.state.rawValue
            stateWithoutOrder = view.order.map { _ in view.record.state.rawValue }
            reason = view.record.reason.map { "\($0)" }
            retryAfterMs = view.state == .open && view.order == nil && !view.isStoreLost ? max(0, view.record.nextAttempt.since(breaker.now)) : nil
            ageMs = view.age?.milliseconds
            isStoreLost = view.isStoreLost
            order = view.order.map { Order(kind: $0.kind.rawValue, until: $0.until?.milliseconds, by: $0.by, why: $0.why) }
            window = Window(calls: view.window.calls, failures: view.window.failures, slowCalls: view.window.slowCalls)
            self.counts = Counts(
                succeeded: counts.succeeded,
                failed: counts.failed,
                timedOut: counts.timedOut,
                unused: counts.returnedUnused,
                rejected: counts.rejected
            )
        }
    }

    let circuits: [Circuit]
}
