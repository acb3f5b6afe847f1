//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import FleetOrders
import Foundation
import Testing
import ValkeySupport

// What twenty processes lose, and what they then do, when their server is killed, replaced or frozen.
@Suite(
    "Many processes on a server of Valkey that fails",
    .enabled("needs scripts/get-valkey") { ValkeyServer.isHere },
    .serialized,
    .timeLimit(.minutes(5))
)
struct ValkeyTests {
    private static let environments = 20
    private static let (storeTimeout, retryInterval, maxViewAge) = (300, 100, 100)

    enum Persistence: String, CaseIterable, Sendable {
        case none, everySecond, always

        var arguments: [String] {
            switch self {
            case .none: []
            case .everySecond: ["--appendonly", "yes", "--appendfsync", "everysec"]
            case .always: ["--appendonly", "yes", "--appendfsync", "always"]
            }
        }
    }

    private func workers(_ url: String, _ circuit: String, threshold: Int = 1_000_000) async throws -> [WorkerProcess] {
        let site = ValkeySite(url: url)
        let workers = try (0..<Self.environments).map { number in
            var setup = site.setup("e\(number)", circuit)
            (setup.storeTimeout, setup.storeRetryInterval, setup.maxViewAge) = (Self.storeTimeout, Self.retryInterval, Self.maxViewAge)
            (setup.threshold, setup.openTime) = (threshold, 600_000)
            return try WorkerProcess(setup)
        }
        _ = try await workers.ask(.report)
        return workers
    }

    // All failures so far, and of how many it is not known whether the store took them.
    private struct Tally {
        var failed = 0
        var uncertain = 0
        var slowest = 0

        mutating func add(_ replies: [WorkerReply]) {
            failed += replies.reduce(0) { $0 + $1.failed }
            uncertain = replies.reduce(0) { $0 + $1.uncertain }
            slowest = max(slowest, replies.flatMap(\.calls).map(\.added).max() ?? 0)
        }
    }

    // A load of failures under which the server is killed and another takes its place, and a last one until nothing is left to report.
    private func failing(_ workers: [WorkerProcess], _ site: ValkeySite, _ circuit: String, while replacing: () async throws -> Void) async throws
        -> (Tally, kept: Int)
    {
        var tally = Tally()
        // So few fail that no environment's own circuit opens while the store is away.
        _ = try await workers.ask(.start(Load(.succeed, count: nil, pause: 2_000, failEvery: 10)))
        try await poll("they have reported") { try await site.record(circuit).window.failures > 200 ? true : nil }
        try await replacing()
        tally.add(try await workers.ask(.stop))
        let end = ContinuousClock.now + .seconds(30)
        var (kept, before) = (try await site.record(circuit).window.failures, 0)
        // A call that fails reports what is left; once nothing is, each of these adds one.
        repeat {
            guard ContinuousClock.now < end else { throw Slow(description: "reports still arrive after 30 s") }
            try await Task.sleep(for: .milliseconds(4 * Self.retryInterval))
            tally.add(try await workers.ask(.run(Load(.fail))))
            (before, kept) = (kept, try await site.record(circuit).window.failures)
        } while kept - before != Self.environments
        return (tally, kept)
    }

    @Test("killed and started again: what was acknowledged is there if it is persistent, and all agree soon after", arguments: Persistence.allCases)
    func kill(persistence: Persistence) async throws {
        let circuit = uniqueID("killed")
        let server = try await ValkeyServer(persistence.arguments)
        let site = ValkeySite(url: server.url)
        let workers = try await workers(server.url, circuit)
        var (again, before) = (server, 0)
        let (tally, kept) = try await failing(workers, site, circuit) {
            before = try await site.record(circuit).window.failures
            again = try await server.restarted(persistence.arguments)
            try await poll("they report again") { try await site.record(circuit).window.failures > (persistence == .none ? 0 : before) ? true : nil }
        }
        let lost = tally.failed - kept
        print(
            "| killed, \(persistence) | \(tally.failed) failures | \(kept) in the record | \(tally.uncertain) unknown | slowest call \(tally.slowest) µs |"
        )
        // What is not known to have been taken is not reported again, and may be in the record or not.
        if persistence == .none { #expect(lost > 0 && lost >= before - tally.uncertain) } else { #expect((0...tally.uncertain).contains(lost)) }
        #expect(tally.slowest < (Self.storeTimeout + 2_000) * 1_000)
        try await agree(workers, site, circuit)
        again.kill()
    }

    @Test("killed while the circuit is OPEN: it stays OPEN if it is persistent, and otherwise trips again", arguments: Persistence.allCases)
    func killOpen(persistence: Persistence) async throws {
        let circuit = uniqueID("open")
        let server = try await ValkeyServer(persistence.arguments)
        let site = ValkeySite(url: server.url)
        let workers = try await workers(server.url, circuit, threshold: 10)
        _ = try await workers.ask(.run(Load(.fail, count: nil, stopsWhenRejected: true)))
        let open = try await site.record(circuit)
        #expect(open.state == .open)
        let again = try await server.restarted(persistence.arguments)
        try await Task.sleep(for: .milliseconds(4 * Self.retryInterval))
        let replies = try await workers.ask(.run(Load(.fail, count: nil, pause: 1_000, stopsWhenRejected: true)))
        let admitted = replies.reduce(0) { $0 + $1.failed }
        let after = try await site.record(circuit)
        print("| OPEN, killed, \(persistence) | \(admitted) calls let through before all reject again |")
        #expect(after.state == .open)
        // Alone, an environment keeps what it knew: the circuit is OPEN to it until it has read that there is no record.
        if persistence == .none { #expect(after.epoch > open.epoch) } else { #expect(after.epoch == open.epoch && admitted == 0) }
        again.kill()
    }

    @Test("that fails over: what the replica has is what counts, and all agree soon after")
    func failOver() async throws {
        let circuit = uniqueID("failover")
        let primary = try await ValkeyServer()
        let replica = try await ValkeyServer(["--replicaof", "127.0.0.1", "\(primary.port)"])
        let site = ValkeySite(url: "valkey://127.0.0.1:\(primary.port),127.0.0.1:\(replica.port)")
        let copy = ValkeySite(url: replica.url)
        let workers = try await workers(site.url, circuit)
        var (took, behind) = (Duration.zero, 0)
        let (tally, kept) = try await failing(workers, site, circuit) {
            try await poll("the replica follows") { try await copy.record(circuit).window.failures > 200 ? true : nil }
            let reported = try await site.record(circuit).window.failures
            primary.kill()
            let start = ContinuousClock.now
            try replica.promote()
            let before = try await copy.record(circuit).window.failures
            behind = max(0, reported - before)
            try await poll("they report to the replica") { try await copy.record(circuit).window.failures > before ? true : nil }
            took = ContinuousClock.now - start
        }
        print(
            "| failed over | \(tally.failed) failures | \(kept) in the record | \(tally.uncertain) unknown | \(behind) not yet in the replica | reported again after \(took) | slowest call \(tally.slowest) µs |"
        )
        // What the primary acknowledged and the replica did not have yet is lost: what came between the last look and the kill is not known.
        #expect(kept <= tally.failed && kept >= tally.failed - tally.uncertain - behind - 200)
        #expect(tally.slowest < (Self.storeTimeout + 2_000) * 1_000)
        try await agree(workers, site, circuit)
        replica.kill()
    }

    @Test("that is frozen: no call waits for it beyond storeTimeout, and all agree soon after it goes on")
    func freeze() async throws {
        let circuit = uniqueID("frozen")
        let server = try await ValkeyServer()
        let site = ValkeySite(url: server.url)
        let workers = try await workers(server.url, circuit)
        _ = try await workers.ask(.run(Load(.succeed)))
        server.send(SIGSTOP)
        let replies = try await workers.ask(.run(Load(.succeed, count: 500, width: 2, pause: 4_000, failEvery: 10)))
        server.send(SIGCONT)
        for reply in replies {
            #expect(reply.succeeded == 450 && reply.failed == 50, "\(reply.rejected) rejected, \(reply.timedOut) timed out")
            let slowest = reply.calls.map(\.added).max() ?? 0
            #expect(slowest <= (Self.storeTimeout + 2_000) * 1_000, "a call was delayed by \(slowest) µs")
        }
        let delayed = replies.flatMap(\.calls).count { $0.added > 50_000 }
        print(
            "| frozen | \(replies.count * 500) calls | \(delayed) delayed by more than 50 ms | slowest \(replies.flatMap(\.calls).map(\.added).max() ?? 0) µs |"
        )
        try await agree(workers, site, circuit)
    }

    // An order reaches everybody.
    private func agree(_ workers: [WorkerProcess], _ site: ValkeySite, _ circuit: String) async throws {
        let start = ContinuousClock.now
        try await site.onlooker(circuit).give(CircuitOrder(.forceOpen, by: "test", why: "to see who agrees"))
        let stopped = try await workers.ask(.run(Load(.succeed, count: nil, pause: 2_000, stopsWhenRejected: true)))
        let took = ContinuousClock.now - start
        #expect(stopped.allSatisfy { $0.rejected == 1 })
        // The cut-off doubles four times at most, and the store's own pause is a second at most.
        #expect(took <= .milliseconds(Self.maxViewAge + 16 * Self.retryInterval + 5_000), "they agreed after \(took)")
        print("    all agree again after \(Int(took / .milliseconds(1))) ms")
    }
}
