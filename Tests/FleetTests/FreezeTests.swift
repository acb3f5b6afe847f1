//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import FleetOrders
import Foundation
import MinistackSupport
import NIOCore
import NIOHTTP1
import Testing

// I8: real processes that are stopped for longer than either end keeps a connection.
@Suite("Freezes", .serialized, .timeLimit(.minutes(2)))
struct FreezeTests {
    private static let serverIdle = 300
    private static let freeze = Duration.milliseconds(1_200)

    // How long the client keeps a connection: shorter than the freeze, and longer.
    private static let clientIdle = [300, 60_000]

    private struct Scene {
        let circuit = uniqueID("freeze")
        let site: Site
        let proxy: FaultProxy
        let downstream: Downstream

        init() async throws {
            site = try await Site.shared
            proxy = try await FaultProxy(site.server.url, idleTimeout: .milliseconds(Int64(FreezeTests.serverIdle)))
            downstream = try await Downstream { _ in .hold }
        }

        func worker(_ name: String = "frozen", idle: Int, _ change: (inout WorkerSetup) -> Void = { _ in }) throws -> WorkerProcess {
            var setup = site.setup(name, circuit, by: proxy)
            (setup.idleTimeout, setup.storeTimeout, setup.downstream) = (idle, 10_000, downstream.url)
            change(&setup)
            return try WorkerProcess(setup)
        }

        func freeze(_ worker: WorkerProcess, _ meanwhile: () async throws -> Void = {}) async throws {
            worker.send(SIGSTOP)
            try await Task.sleep(for: FreezeTests.freeze)
            try await meanwhile()
            worker.send(SIGCONT)
        }

        func end() async throws {
            try await proxy.stop()
            try await downstream.stop()
        }
    }

    @Test("CLOSED: the next call is made", arguments: clientIdle)
    func closed(idle: Int) async throws {
        let scene = try await Scene()
        let worker = try scene.worker(idle: idle)
        try await worker.ask(.run(Load(.succeed)))
        for kind in [Load.Kind.succeed, .fail, .succeed] {
            try await scene.freeze(worker)
            let reply = try await worker.ask(.run(Load(kind)))
            #expect(reply.succeeded == (kind == .succeed ? 1 : 0) && reply.failed == (kind == .fail ? 1 : 0))
            #expect(reply.warnings.isEmpty && reply.uncertain == 0)
        }
        let record = try await scene.site.record(scene.circuit)
        #expect(record.window.failures == 1)
        try await scene.end()
    }

    @Test("OPEN: the next call is rejected, or is the first probe", arguments: clientIdle)
    func open(idle: Int) async throws {
        for openTime in [30_000, 1_000] {
            let scene = try await Scene()
            let worker = try scene.worker(idle: idle) { $0.openTime = openTime }
            try await worker.ask(.run(Load(.fail, count: 3)))
            try await scene.freeze(worker)
            let reply = try await worker.ask(.run(Load(.succeed)))
            #expect(reply.rejected == (openTime > 1_000 ? 1 : 0) && reply.succeeded == (openTime > 1_000 ? 0 : 1))
            #expect(reply.warnings.isEmpty && reply.state == (openTime > 1_000 ? "OPEN" : "HALF-OPEN"))
            try await scene.end()
        }
    }

    @Test("HALF-OPEN: the prober's own call ends well, and its success counts", arguments: clientIdle)
    func prober(idle: Int) async throws {
        let scene = try await Scene()
        let worker = try scene.worker(idle: idle) { $0.openTime = 200 }
        try await worker.ask(.run(Load(.fail, count: 3)))
        try await worker.ask(.start(Load(.downstream, count: nil, pause: 5_000)))
        try await poll("it probes") { scene.downstream.callers.isEmpty ? nil : true }
        try await scene.freeze(worker) { scene.downstream.release(.ok) }
        try await poll("it probes again") { scene.downstream.arrivals == 2 && !scene.downstream.callers.isEmpty ? true : nil }
        scene.downstream.release(.ok)
        let reply = try await worker.ask(.stop)
        #expect(reply.succeeded >= 2 && reply.failed + reply.timedOut == 0 && reply.warnings.isEmpty && reply.state == "CLOSED")
        try await scene.end()
    }

    @Test("HALF-OPEN: a prober that was frozen past its lease changes nothing any more (I4, I5)", arguments: clientIdle)
    func lateProber(idle: Int) async throws {
        let scene = try await Scene()
        func change(_ setup: inout WorkerSetup) {
            (setup.openTime, setup.lease, setup.maxClockSkew, setup.successesToClose, setup.maxViewAge) = (200, 600, 200, 1, 50)
        }
        let frozen = try scene.worker(idle: idle, change)
        let other = try scene.worker("other", idle: idle, change)
        try await frozen.ask(.run(Load(.fail, count: 3)))
        try await frozen.ask(.start(Load(.downstream, count: nil, pause: 5_000, stopsWhenRejected: false)))
        try await poll("it probes") { scene.downstream.callers.isEmpty ? nil : true }
        var closed = CircuitRecord()
        try await scene.freeze(frozen) {
            scene.downstream.answer { _ in .status(.ok, after: .milliseconds(5)) }
            try await poll("the other closes") {
                try await other.ask(.run(Load(.downstream)))
                closed = try await scene.site.record(scene.circuit)
                return closed.state == .closed ? true : nil
            }
            scene.downstream.release(.internalServerError)
        }
        let reply = try await frozen.ask(.stop)
        // Its own lease is over, and it says so.
        #expect(reply.warnings.allSatisfy { $0.contains("at the end of its lease") })
        let record = try await scene.site.record(scene.circuit)
        #expect(record.state == .closed && record.epoch == closed.epoch && record.window.buckets.isEmpty)
        let next = try await frozen.ask(.run(Load(.downstream)))
        #expect(next.succeeded == 1 && next.state == "CLOSED" && next.warnings.isEmpty)
        try await scene.end()
    }

    @Test("with a report under way: it counts once, and the next call is made (I1)", arguments: clientIdle)
    func reporter(idle: Int) async throws {
        let scene = try await Scene()
        let worker = try scene.worker(idle: idle)
        try await worker.ask(.run(Load(.succeed)))
        for failures in 1...2 {
            let reply = try await freezeInReport(scene, worker)
            #expect(reply.failed == 1 && reply.uncertain == 0 && reply.warnings.isEmpty)
            let record = try await scene.site.record(scene.circuit)
            #expect(record.window.failures == failures)
            let next = try await worker.ask(.run(Load(.succeed)))
            #expect(next.succeeded == 1 && next.warnings.isEmpty)
        }
        try await scene.end()
    }

    @Test("with a report under way for longer than the store may take: no caller notices", arguments: clientIdle)
    func lateReporter(idle: Int) async throws {
        let scene = try await Scene()
        let worker = try scene.worker(idle: idle) { $0.storeTimeout = 500 }
        try await worker.ask(.run(Load(.succeed)))
        let reply = try await freezeInReport(scene, worker)
        #expect(reply.failed == 1)
        let record = try await scene.site.record(scene.circuit)
        #expect(record.window.failures == 1)
        for _ in 0..<3 {
            let next = try await worker.ask(.run(Load(.succeed)))
            #expect(next.succeeded == 1)
        }
        try await scene.end()
    }

    private func freezeInReport(_ scene: Scene, _ worker: WorkerProcess) async throws -> WorkerReply {
        scene.proxy.resetCounts()
        scene.proxy.inject(.delay(.milliseconds(300)), on: "UpdateItem")
        try await worker.ask(.start(Load(.fail)))
        try await poll("it reports") { scene.proxy.counts["UpdateItem"] }
        try await scene.freeze(worker)
        scene.proxy.inject(nil)
        return try await worker.ask(.stop)
    }
}
