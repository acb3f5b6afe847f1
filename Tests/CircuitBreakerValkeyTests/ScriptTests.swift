//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import NIOCore
import StoreSupport
import Testing
import ValkeySupport

@testable import CircuitBreakerValkey

@Suite("The script", .needsServer, .timeLimit(.minutes(2)))
struct ScriptTests {
    @Test("is known by the digest that the store takes it for")
    func digest() async throws {
        #expect(try await ValkeyServer.shared.command("SCRIPT", "LOAD", Script.text).string == Script.digest)
    }

    @Test("is sent once, and again when the server forgot it")
    func loading() async throws {
        let server = try await ValkeyServer()
        let store = server.store()
        for count in 1...2 {
            for _ in 0..<3 { _ = try await store.report(failures(1), to: "a") }
            #expect(try await server.calls("eval") == count)
            #expect(try await store.read("a", consistent: true)?.failureStreak == count * 3)
            try await server.command("SCRIPT", "FLUSH")
        }
        await store.shutdown()
    }

    @Test("is all that a write sends, and a read is one command")
    func oneRoundTrip() async throws {
        let server = try await ValkeyServer()
        let store = server.store()
        try await store.prepare()
        try await server.command("CONFIG", "RESETSTAT")
        for number in 1...10 {
            _ = try await store.report(failures(1), to: "a")
            _ = try await store.change(transition(to: .open, from: Epoch(rawValue: 99)), of: "a")
            _ = try await store.read("a", consistent: number.isMultiple(of: 2))
        }
        #expect(try await server.calls("evalsha") == 20)
        #expect(try await server.calls("eval") == 0)
        // Those of the script, and ten reads.
        #expect(try await server.calls("hgetall") == 30)
        await store.shutdown()
    }

    @Test("writes what has changed and nothing else", arguments: [true, false])
    func writesLittle(isRefused: Bool) async throws {
        let server = try await ValkeyServer()
        let store = server.store()
        _ = try await store.report(failures(1), to: "a")
        try await server.command("CONFIG", "RESETSTAT")
        _ = try await store.report(failures(1, epoch: isRefused ? Epoch(rawValue: 7) : .zero), to: "a")
        for name in ["hset", "pexpireat"] { #expect(try await server.calls(name) == (isRefused ? 0 : 1), "\(name)") }
        #expect(try await server.calls("hdel") == 0)
        await store.shutdown()
    }

    @Test("is refused as a whole by a server without memory")
    func noMemory() async throws {
        let server = try await ValkeyServer()
        let store = server.store()
        let record = try #require(try await store.report(failures(1), to: "a").accepted)
        try await server.command("CONFIG", "SET", "maxmemory", "1")
        // Removes much and adds little.
        let error = await storeError { () async throws(StoreError) in try await store.change(transition(to: .open, from: .zero), of: "a") }
        #expect(error.code == .unavailable && error.message.contains("maxmemory") && !error.mayHaveBeenApplied, "\(error)")
        #expect(try await store.read("a", consistent: true) == record)
        try await server.command("CONFIG", "SET", "maxmemory", "0")
        #expect(try await store.change(transition(to: .open, from: .zero), of: "a").won != nil)
        await store.shutdown()
    }

    @Test("lets a record expire when it says, to the millisecond, and keeps one under an order without an end")
    func expiry() async throws {
        let server = try await ValkeyServer.shared
        let store = server.store()
        let id = uniqueID()
        func expiry() async throws -> Reply { try await server.command("PEXPIRETIME", "circuits:\(id)") }
        func report(expiringAt end: Timestamp?) async throws -> CircuitRecord? {
            var report = failures(1)
            report.expiresAt = end
            return try await store.report(report, to: id).accepted
        }
        let end = now.adding(86_400_123)
        #expect(try await report(expiringAt: end)?.expiresAt == end)
        #expect(try await expiry() == .number(end.milliseconds))
        func order(_ order: CircuitOrder?, _ number: Int64) -> CircuitChange {
            CircuitChange(.order(order, orderEpoch: Epoch(rawValue: number + 1)), if: .init(orderEpoch: Epoch(rawValue: number)), expiresAt: end)
        }
        #expect(try await store.change(order(CircuitOrder(.forceOpen), 0), of: id).won?.expiresAt == nil)
        #expect(try await expiry() == .number(-1))
        // Of one who does not know the order.
        #expect(try await report(expiringAt: end)?.expiresAt == nil)
        #expect(try await expiry() == .number(-1))
        #expect(try await store.change(order(CircuitOrder(.forceOpen, until: now), 1), of: id).won?.expiresAt == end)
        #expect(try await expiry() == .number(end.milliseconds))
        _ = try await store.change(order(nil, 2), of: id)
        #expect(try await expiry() == .number(end.milliseconds))
        #expect(try await report(expiringAt: nil)?.expiresAt == nil)
        #expect(try await expiry() == .number(-1))
        // What has expired already is gone at once.
        #expect(try await report(expiringAt: Timestamp(milliseconds: .min))?.failureStreak == 4)
        #expect(try await store.read(id, consistent: true) == nil)
        await store.shutdown()
    }
}

extension ValkeyServer {
    // How many times a command was carried out, by clients and scripts.
    func calls(_ command: String) async throws -> Int {
        let text = try await self.command("INFO", "commandstats").string ?? ""
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_\(command):calls=") }
        return line.flatMap { Int($0.split(separator: "=")[1].prefix { $0.isNumber }) } ?? 0
    }
}
