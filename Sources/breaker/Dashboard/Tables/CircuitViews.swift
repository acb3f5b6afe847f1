//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

// The circuits that pages show in detail, each read once a second at most however many pages show it.
actor CircuitViews {
    private struct View {
        var readAt: Timestamp
        var answer: Task<Result<CircuitSummary?, StoreError>, Never>
    }

    private static let lifetime: Int64 = 950
    private static let most = 64

    private let clock: any CircuitClock
    private var views: [String: View] = [:]

    init(clock: any CircuitClock = WallClock()) {
        self.clock = clock
    }

    func circuit(_ id: String, in table: CircuitTables.Table, key: String) async throws(StoreError) -> CircuitSummary? {
        let now = clock.now
        if let view = views[key], now.since(view.readAt) < Self.lifetime, now >= view.readAt { return try await view.answer.value.get() }
        if views.count >= Self.most { views = views.filter { now.since($0.value.readAt) < Self.lifetime } }
        let clock = clock
        let answer = Task { () -> Result<CircuitSummary?, StoreError> in
            do throws(StoreError) {
                let record = try await table.store.read(id, consistent: true)
                return .success(record.flatMap { CircuitSummary(id, $0, at: clock.now) })
            } catch {
                return .failure(error)
            }
        }
        if views.count < Self.most { views[key] = View(readAt: now, answer: answer) }
        return try await answer.value.get()
    }

    // What was read before an order says nothing of it.
    func forget(_ key: String) {
        views[key] = nil
    }
}
