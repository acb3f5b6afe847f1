//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerValkey
import FleetOrders
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

final class Environment: Sendable {
    private let setup: WorkerSetup
    private let record: Record
    private let store: any CircuitStore
    private let configuration: CircuitBreaker.Configuration
    private let breaker: CircuitBreaker
    private let http: HTTPClient
    private let isStopped = Atomic(false)
    private let underWay = Mutex<Task<Void, Never>?>(nil)
    private let registry = Mutex<CircuitBreakerRegistry?>(nil)

    init(_ setup: WorkerSetup, _ record: Record) throws {
        self.setup = setup
        self.record = record
        store = Self.store(setup)
        configuration = CircuitBreaker.Configuration(
            policy: .failures(setup.threshold, within: .seconds(600)),
            recovery: .init(
                openTime: .milliseconds(setup.openTime),
                maximumOpenTime: .milliseconds(setup.openTime),
                jitter: 0,
                probes: setup.probes,
                successesToClose: setup.successesToClose,
                lease: .milliseconds(setup.lease),
                ramp: .zero
            ),
            sharing: .init(
                maxViewAge: .milliseconds(setup.maxViewAge),
                maxHealthyViewAge: .milliseconds(setup.maxViewAge),
                lookBeside: .zero,
                maxClockSkew: .milliseconds(setup.maxClockSkew),
                storeTimeout: .milliseconds(setup.storeTimeout),
                storeRetryInterval: .milliseconds(setup.storeRetryInterval)
            )
        )
        breaker = try CircuitBreaker(
            setup.circuit,
            store: store,
            configuration: configuration,
            environment: EnvironmentID(rawValue: setup.name),
            logger: record.logger
        )
        var http = HTTPClient.Configuration()
        http.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        self.http = HTTPClient(configuration: http)
    }

    private static func store(_ setup: WorkerSetup) -> any CircuitStore {
        if let url = setup.valkey { return ValkeyStore(url: url) }
        return DynamoDBStore(table: setup.table, environment: ProcessEnvironment(setup.variables)) {
            $0.idleTimeout = .milliseconds(setup.idleTimeout)
            // The breaker's own limit decides.
            $0.timeLimit = .milliseconds(2 * setup.storeTimeout)
            $0.connectTimeout = $0.timeLimit
        }
    }

    func carryOut(_ order: WorkerOrder) async {
        switch order {
        case .run(let load):
            isStopped.store(false, ordering: .relaxed)
            await make(load)
        case .start(let load):
            isStopped.store(false, ordering: .relaxed)
            let task = Task { await make(load) }
            underWay.withLock { $0 = task }
        case .stop:
            isStopped.store(true, ordering: .relaxed)
            await underWay.withLock { $0.take() }?.value
        case .callRegistry(let circuits, let width): await callRegistry(circuits: circuits, width: width)
        case .report: break
        }
    }

    func takeReply() -> WorkerReply {
        var reply = record.take()
        let counts = breaker.counts
        reply.ownChanges = counts.changesOfState
        reply.uncertain = counts.uncertainOutcomes
        reply.storeRequests = counts.storeRequests
        reply.state = breaker.view.state.rawValue
        reply.residentMemory = Self.residentMemory()
        return reply
    }

    // MARK: calls

    private final class Counter: Sendable {
        private let value = Atomic(0)

        func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
    }

    private func make(_ load: Load) async {
        let numbers = Counter()
        await withTaskGroup { group in
            for _ in 0..<load.width {
                group.addTask {
                    while !self.isStopped.load(ordering: .relaxed) {
                        let number = numbers.next()
                        if let count = load.count, number > count { return }
                        let isAdmitted = await self.call(load, number)
                        if load.stopsWhenRejected, !isAdmitted { return }
                        if load.pause > 0 { try? await Task.sleep(for: .microseconds(load.pause)) }
                    }
                }
            }
        }
    }

    private struct Failure: Error {}

    private func call(_ load: Load, _ number: Int) async -> Bool {
        let kind = load.failEvery > 0 && number % load.failEvery == 0 ? Load.Kind.fail : load.kind
        let (start, clock) = (record.elapsed, ContinuousClock())
        let inOperation = Mutex(Duration.zero)
        let began = clock.now
        let result = await breaker.result { () async throws in
            let began = clock.now
            defer { inOperation.withLock { $0 = clock.now - began } }
            switch kind {
            case .succeed: return
            case .fail: throw Failure()
            case .downstream: try await self.askDownstream()
            }
        }
        let added = Record.microseconds(clock.now - began - inOperation.withLock { $0 })
        record.update { reply in
            reply.calls.append(.init(start: start, added: added))
            guard case .failure(let error) = result else {
                reply.succeeded += 1
                return
            }
            switch error {
            case .failed: reply.failed += 1
            case .rejected: reply.rejected += 1
            case .timedOut: reply.timedOut += 1
            case .cancelled: reply.cancelled += 1
            }
        }
        if case .failure(.rejected) = result { return false }
        return true
    }

    private func askDownstream() async throws {
        var request = HTTPClientRequest(url: setup.downstream ?? "")
        request.headers.add(name: "Worker", value: setup.name)
        let response = try await http.execute(request, timeout: .seconds(60))
        _ = try await response.body.collect(upTo: 1 << 16)
        guard response.status == .ok else { throw Failure() }
    }

    // MARK: many circuits

    private func callRegistry(circuits: Int, width: Int) async {
        let registry = registry.withLock { registry in
            if registry == nil {
                registry = try? CircuitBreakerRegistry(store: store, configuration: configuration, capacity: circuits, logger: record.logger)
            }
            return registry
        }
        guard let registry else { return }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<circuits {
                if number >= width { await group.next() }
                group.addTask {
                    let start = self.record.elapsed
                    let isDone = (try? await registry.breaker(for: "\(self.setup.circuit).\(number)").run { 1 }) == 1
                    let end = self.record.elapsed
                    self.record.update { reply in
                        if isDone { reply.succeeded += 1 } else { reply.failed += 1 }
                        reply.calls.append(.init(start: start, added: end - start))
                    }
                }
            }
        }
    }

    private static func residentMemory() -> Int {
        #if os(Linux)
            let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        #else
            return 0
        #endif
    }
}
