//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import FleetOrders
import Foundation
import NIOCore
import NIOHTTP1
import Testing

// Many processes share one record in a real server.
@Suite("Many processes on one record", .serialized, .timeLimit(.minutes(3)))
struct OneRecordTests {
    private static let environments = 20

    private func workers(_ site: any FleetSite, _ circuit: String, _ change: (inout WorkerSetup) -> Void) async throws -> [WorkerProcess] {
        let workers = try (0..<Self.environments).map { number in
            var setup = site.setup("e\(number)", circuit)
            setup.storeTimeout = 30_000
            change(&setup)
            return try WorkerProcess(setup)
        }
        _ = try await workers.ask(.report)
        return workers
    }

    @Test("I1: of 2,000 failures of 20 processes at once, all are in the window", arguments: SharedStore.here)
    func allFailuresAreCounted(store: SharedStore) async throws {
        let (circuit, site) = (uniqueID("failures"), try await store.site)
        let workers = try await workers(site, circuit) { $0.threshold = 1_000_000 }
        // One report for each, and many that go together.
        for width in [1, 10] {
            let replies = try await workers.ask(.run(Load(.fail, count: 50, width: width)))
            #expect(replies.map(\.failed).reduce(0, +) == 1_000)
            #expect(replies.allSatisfy { $0.uncertain == 0 && $0.warnings.isEmpty })
        }
        let record = try await site.record(circuit)
        #expect(record.window.failures == 2_000)
        #expect(record.state == .closed && record.epoch == .zero)
    }

    @Test("I2: in each of 50 rounds of trip the state changes exactly once", arguments: SharedStore.here)
    func oneTripPerRound(store: SharedStore) async throws {
        let (circuit, site) = (uniqueID("trips"), try await store.site)
        let workers = try await workers(site, circuit) {
            $0.threshold = 5
            $0.openTime = 300_000
            $0.maxViewAge = 400
        }
        let onlooker = try site.onlooker(circuit)
        var (epochs, contested) = (Set<Int>(), 0)
        for round in 1...50 {
            let before = try await site.record(circuit).epoch
            let replies = try await workers.ask(.run(Load(.fail, count: 3, width: 3)))
            let opened = replies.flatMap(\.changes).filter { $0.to == "OPEN" && $0.epoch != nil }
            let own = opened.filter(\.isOwn)
            try #require(Set(opened.map(\.epoch)).count == 1 && own.count == 1, "round \(round): \(opened)")
            let record = try await site.record(circuit)
            #expect(record.state == .open && record.epoch > before)
            #expect(own.first?.epoch == Int(record.epoch.rawValue))
            #expect(record.writer.map { writer in workers.contains { $0.name == writer.environment.rawValue } } == true)
            #expect(replies.map(\.ownChanges).reduce(0, +) == round)
            #expect(replies.allSatisfy { $0.warnings.isEmpty })
            if replies.count(where: { $0.failed > 0 }) > 1 { contested += 1 }
            epochs.formUnion(opened.compactMap(\.epoch))
            try await onlooker.reset(by: "test", why: "round \(round)")
            // Until nobody's view of the last round counts.
            try await Task.sleep(for: .milliseconds(410))
        }
        #expect(epochs.count == 50)
        #expect(contested >= 40, "in most rounds one process tripped before another failed")
    }

    @Test("I3, I5: in 50 rounds of probing never more calls than probes, though probers are killed", arguments: SharedStore.here)
    func probesAreFew(store: SharedStore) async throws {
        let (circuit, site) = (uniqueID("probes"), try await store.site)
        // A process that the machine does not let run is late as one with a slow clock is, and so is this one, which counts the calls.
        let (lease, skew) = (1_500, 3_000)
        let downstream = try await Downstream { .status($0.isMultiple(of: 3) ? .internalServerError : .ok, after: .milliseconds(10)) }
        func setup(_ name: String) -> WorkerSetup {
            var setup = site.setup(name, circuit)
            setup.downstream = downstream.url
            (setup.threshold, setup.openTime, setup.probes, setup.successesToClose) = (1, 100, 2, 1_000_000)
            (setup.lease, setup.maxClockSkew, setup.maxViewAge, setup.storeTimeout) = (lease, skew, 100, 30_000)
            return setup
        }
        // OPEN before any other environment has a view.
        let first = try WorkerProcess(setup("first"))
        try await first.ask(.run(Load(.fail)))
        var workers = try (0..<Self.environments).map { try WorkerProcess(setup("e\($0)")) }
        let rush = WorkerOrder.start(Load(.downstream, count: nil, pause: 8_000))
        _ = try await workers.ask(rush)

        var (rounds, closed, killed, longest) = (Set<Int>(), 0, 0, Duration.zero)
        func watch() async throws {
            for change in try await workers.ask(.report).flatMap(\.changes) where change.epoch != nil {
                if change.to == "OPEN", let epoch = change.epoch { rounds.insert(epoch) }
                if change.to == "CLOSED" { closed += 1 }
            }
        }
        while rounds.count < 50 {
            try await watch()
            guard rounds.count >= 8 * (killed + 1), killed < 5 else {
                try await Task.sleep(for: .milliseconds(100))
                continue
            }
            downstream.answer { _ in .hold }
            let names = try await poll("two probers wait") { Set(downstream.callers).count == 2 ? Set(downstream.callers) : nil }
            let start = ContinuousClock.now
            for worker in workers where names.contains(worker.name) { worker.send(SIGKILL) }
            workers.removeAll { names.contains($0.name) }
            try await poll("the calls of the killed end") { downstream.callers.isEmpty ? true : nil }
            let arrivals = downstream.arrivals
            downstream.answer { .status($0.isMultiple(of: 3) ? .internalServerError : .ok, after: .milliseconds(10)) }
            try await poll("another probes") { downstream.arrivals > arrivals ? true : nil }
            longest = max(longest, ContinuousClock.now - start)
            killed += 1
            for name in names {
                let worker = try WorkerProcess(setup("\(name)x"))
                try await worker.ask(rush)
                workers.append(worker)
            }
        }
        _ = try await workers.ask(.stop)
        #expect(downstream.mostUnderWay == 2, "the limit, and that it was made use of")
        #expect(killed == 5 && closed == 0)
        #expect(longest < .milliseconds(lease + skew + 4_000), "a killed prober held its slot for \(longest)")
        #expect(longest > .milliseconds(lease - 500), "nobody waited for the lease")
        print(
            "probes in \(store): \(rounds.count) rounds, \(downstream.arrivals) probes, at most \(downstream.mostUnderWay) at once; recovery after kill within \(longest)"
        )
        try await downstream.stop()
    }
}
