//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitSidecar
import Foundation
import LambdaRuntime
import LoopbackHTTP
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@Suite("The sidecar's server", .timeLimit(.minutes(30)))
struct ServerTests {
    private func serving(_ settings: SidecarSettings = .init(), _ body: (Sidecar, Int) async throws -> Void) async throws {
        let sidecar = try Sidecar(settings, store: InMemoryStore(), logger: LogLines().logger)
        let server = try await SidecarServer.start(sidecar, port: 0)
        defer { server.channel.close(promise: nil) }
        #expect(server.channel.localAddress?.ipAddress == "127.0.0.1")
        try await body(sidecar, server.port)
    }

    private func link(_ port: Int) throws -> RuntimeAPILink {
        RuntimeAPILink(try #require(try RuntimeAPIAddress(Environment(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(port)"]))))
    }

    // What comes back for some bytes, until the server closes the connection or has answered all of them.
    private func exchange(_ bytes: [UInt8], _ port: Int, endsItsSide: Bool = true) async throws -> String {
        let done = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: String.self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(done)) }
            }
            .connect(host: "127.0.0.1", port: port).get()
        try? await channel.writeAndFlush(ByteBuffer(bytes: bytes))
        // The server closes once it has seen the end, and owes nobody an answer who has left.
        if endsItsSide { try? await channel.close(mode: .output) }
        return try await done.futureResult.get()
    }

    @Test("a page in a browser cannot use it")
    func pages() async throws {
        try await serving { sidecar, port in
            let link = try link(port)
            for headers in [
                ["Origin": "http://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"], ["Host": "evil.example"],
            ] as [HTTPHeaders] {
                for (method, path) in [(HTTPMethod.GET, "/circuit/a"), (.POST, "/circuit/a/failure"), (.OPTIONS, "/circuit/a"), (.GET, "/metrics")] {
                    let answer = try await link.send(RuntimeAPIRequest(method: method, path: path, headers: headers))
                    #expect(answer.head.status == .forbidden)
                }
            }
            #expect(sidecar.openPermitCount == 0)
        }
    }

    @Test("bodies are left alone; one that is too large is refused, and the connection goes on")
    func bodies() async throws {
        try await serving { _, port in
            let link = try link(port)
            for (size, status) in [(0, HTTPResponseStatus.ok), (65_536, .ok), (65_537, .payloadTooLarge), (10, .ok)] {
                let request = RuntimeAPIRequest(method: .POST, path: "/circuit/a/success", body: [UInt8](repeating: 0x7B, count: size))
                #expect(try await link.send(request).head.status == status)
            }
        }
    }

    @Test("what is no HTTP is answered with 400, or not at all")
    func noHTTP() async throws {
        try await serving { _, port in
            for text in ["x\r\n\r\n", "GET\r\n\r\n", "GET /health\r\n\r\n", "GET /health HTTP/9.9\r\n\r\n", "GET /health HTTP/1.1\r\nHost\r\n\r\n"] {
                let answer = try await exchange(Array(text.utf8), port)
                #expect(answer.hasPrefix("HTTP/1.1 400 ") || answer.isEmpty, "\(text)")
            }
            let pipelined = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            let answers = try await exchange(Array(pipelined.utf8), port, endsItsSide: false)
            #expect(answers.ranges(of: #"{"status":"ok"}"#).count == 2)
        }
    }

    @Test("bytes that are nearly HTTP, by the thousand, end in 2xx, 4xx or silence, and the server goes on")
    func nearlyHTTP() async throws {
        try await serving { _, port in
            var random = SplitMix(state: 7)
            let templates = [
                "GET /circuit/a HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /circuit/a/failure?permit=1-1&retryAfterMs=5 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}",
                "POST /circuit/a/success HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            ].map { Array($0.utf8) }
            for _ in 0..<3000 {
                var bytes = templates[Int.random(in: 0..<templates.count, using: &random)]
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let index = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.remove(at: index)
                    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                    default: bytes.removeSubrange(index...)
                    }
                    if bytes.isEmpty { bytes = [0] }
                }
                let answer = try await exchange(bytes, port)
                #expect(answer.isEmpty || answer.wholeMatch(of: /HTTP\/1\.1 [24]\d\d [^\u{0}]*/) != nil, "\(bytes): \(answer)")
            }
            #expect(try await link(port).send(RuntimeAPIRequest(method: .GET, path: "/health")).head.status == .ok)
        }
    }

    @Test("permits in random order, lost, doubled and foreign ones, over 32 connections: counts agree, and what is kept has a bound")
    func randomPermits() async throws {
        let checks = ProcessInfo.processInfo.environment["CIRCUIT_BREAKER_TEST_CHECKS"].flatMap { Int($0) } ?? 20_000
        var settings = SidecarSettings()
        settings.configuration.policy = .failures(1_000_000, within: .seconds(60))
        try await serving(settings) { sidecar, port in
            let circuits = (0..<8).map { "c\($0)" }
            let ledger = Ledger()
            let address = try #require(try RuntimeAPIAddress(Environment(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(port)"])))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for connection in 0..<32 {
                    group.addTask { try await Self.run(address, seed: UInt64(connection), checks: checks / 32, circuits, ledger) }
                }
                try await group.waitForAll()
            }
            let told = ledger.totals.withLock { $0 }
            let link = try link(port)
            // Permits that made room for others are returned beside the calls.
            let deadline = ContinuousClock.now + .seconds(60)
            var counts = try await Self.counts(link)
            while counts.cancelled < told.cancelled + sidecar.displacedPermitCount, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
                counts = try await Self.counts(link)
            }
            #expect(counts.succeeded == told.succeeded)
            #expect(counts.failed == told.failed)
            #expect(counts.cancelled == told.cancelled + sidecar.displacedPermitCount)
            #expect(told.checks == told.succeeded + told.failed + told.cancelled + sidecar.displacedPermitCount + sidecar.openPermitCount)
            #expect(sidecar.openPermitCount <= Sidecar.permitLimit)
            #expect(told.refused > 0)
        }
    }

    // What all connections know together.
    private final class Ledger: Sendable {
        let known = Mutex<[(circuit: String, permit: String)]>([])
        let totals = Mutex(Totals())
    }

    private struct Totals {
        var checks = 0
        var succeeded = 0
        var failed = 0
        var cancelled = 0
        var refused = 0
    }

    @concurrent
    private static func run(_ address: RuntimeAPIAddress, seed: UInt64, checks: Int, _ circuits: [String], _ ledger: Ledger) async throws {
        let link = RuntimeAPILink(address)
        var random = SplitMix(state: seed)
        var left = checks
        while left > 0 {
            let roll = Int.random(in: 0..<100, using: &random)
            if roll < 50 {
                left -= 1
                let circuit = circuits[Int.random(in: 0..<circuits.count, using: &random)]
                let answer = try await link.send(RuntimeAPIRequest(method: .GET, path: "/circuit/\(circuit)"))
                let permit = try #require(Answer(status: 200, body: String(buffer: answer.body)).text("permit"))
                ledger.totals.withLock { $0.checks += 1 }
                // One in ten is lost.
                if Int.random(in: 0..<10, using: &random) > 0 { ledger.known.withLock { $0.append((circuit, permit)) } }
                continue
            }
            let choice = UInt64.random(in: 0 ... .max, using: &random)
            let isKept = roll >= 90
            let entry = ledger.known.withLock { known -> (circuit: String, permit: String)? in
                guard !known.isEmpty else { return nil }
                let index = Int(choice % UInt64(known.count))
                if isKept { return known[index] }
                known.swapAt(index, known.count - 1)
                return known.removeLast()
            }
            guard var entry else { continue }
            // Of another circuit, or of nobody.
            if roll >= 97 { entry.circuit += "x" }
            if roll == 96 { entry.permit += "1" }
            let verb = ["success", "failure", "cancel"][Int.random(in: 0..<3, using: &random)]
            let request = RuntimeAPIRequest(method: .POST, path: "/circuit/\(entry.circuit)/\(verb)?permit=\(entry.permit)")
            let isTaken = try await link.send(request).head.status == .ok
            ledger.totals.withLock { totals in
                switch (isTaken, verb) {
                case (false, _): totals.refused += 1
                case (_, "success"): totals.succeeded += 1
                case (_, "failure"): totals.failed += 1
                default: totals.cancelled += 1
                }
            }
        }
    }

    private static func counts(_ link: RuntimeAPILink) async throws -> Totals {
        let text = String(buffer: try await link.send(RuntimeAPIRequest(method: .GET, path: "/metrics")).body)
        func sum(_ outcome: String) -> Int {
            text.split(separator: "\n").filter { $0.hasPrefix("circuit_breaker_calls_total{") && $0.contains("outcome=\"\(outcome)\"") }
                .compactMap { Int($0.split(separator: " ").last ?? "") }.reduce(0, +)
        }
        return Totals(succeeded: sum("success"), failed: sum("failure"), cancelled: sum("cancelled"))
    }
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var collected = ByteBuffer()
    private let done: EventLoopPromise<String>

    init(_ done: EventLoopPromise<String>) {
        self.done = done
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = Self.unwrapInboundIn(data)
        collected.writeBuffer(&part)
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.succeed(String(buffer: collected))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
