//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerLifecycle
import CircuitBreakerTesting
import Foundation
import Logging
import NIOCore
import ServiceLifecycle
import ServiceLifecycleTestKit
import StoreSupport
import TestCertificate
import Testing
import ValkeySupport

@testable import CircuitBreakerValkey

// Real servers that die, freeze, are replaced, or listen for TLS.
@Suite("A real server", .needsServer, .timeLimit(.minutes(2)))
struct ServerTests {
    @Test("that is killed and comes back is found again, by the next verb after a pause")
    func restart() async throws {
        let server = try await ValkeyServer(["--appendonly", "yes"])
        let store = server.store { $0.longestPause = .milliseconds(20) }
        let record = try #require(try await store.change(transition(to: .open, from: .zero), of: "x").won)
        server.kill()
        let error = await storeError { () async throws(StoreError) in try await store.report(failures(1), to: "x") }
        #expect(error.code == .unavailable)
        let again = try await server.restarted(["--appendonly", "yes"])
        #expect(try await eventually { try? await store.read("x", consistent: true) } == record)
        await store.shutdown()
        again.kill()
    }

    @Test("that is killed without persistence has no circuits any more: each is CLOSED, and trips again")
    func loss() async throws {
        let server = try await ValkeyServer()
        let store = server.store { $0.longestPause = .milliseconds(20) }
        let breaker = try CircuitBreaker(
            "x",
            store: store,
            configuration: .init(
                policy: .failures(3, within: .seconds(60)),
                sharing: .init(
                    maxViewAge: .milliseconds(50),
                    maxHealthyViewAge: .milliseconds(50),
                    lookBeside: .zero,
                    storeTimeout: .seconds(30),
                    storeRetryInterval: .milliseconds(50)
                )
            )
        )
        struct Broken: Error {}
        for _ in 0..<3 { _ = try? await breaker.run { () async throws in throw Broken() } }
        #expect(breaker.view.state == .open)
        let again = try await server.restarted()
        _ = try await eventually { (try? await breaker.run { 1 }) == 1 ? true : nil }
        #expect(breaker.view.state == .closed)
        _ = try await eventually {
            _ = try? await breaker.run { () async throws in throw Broken() }
            return try await store.read("x", consistent: true)?.state == .open ? true : nil
        }
        await store.shutdown()
        again.kill()
    }

    @Test("that fails over to its replica: the store finds the one that is none, and the record is the replica's")
    func failOver() async throws {
        let primary = try await ValkeyServer()
        let replica = try await ValkeyServer(["--replicaof", "127.0.0.1", "\(primary.port)"])
        let store = ValkeyStore(url: "valkey://127.0.0.1:\(replica.port),127.0.0.1:\(primary.port)", limits: .impatient)
        let record = try #require(try await store.change(transition(to: .open, from: .zero), of: "x").won)
        #expect(try await primary.calls("evalsha") + primary.calls("eval") >= 1)
        #expect(try await eventually { try await replica.store().readOnce("x") } == record)
        primary.kill()
        let error = await storeError { () async throws(StoreError) in try await store.report(failures(1), to: "x") }
        #expect(error.code == .unavailable)
        // Nobody is a primary yet.
        let alone = await storeError { () async throws(StoreError) in
            try await ValkeyStore(url: "valkey://127.0.0.1:\(replica.port),127.0.0.1:\(primary.port)").read("x", consistent: true)
        }
        #expect(alone.code == .unavailable && alone.message.contains("is a replica"), "\(alone)")
        try await replica.command("REPLICAOF", "NO", "ONE")
        let closed = try await eventually { try? await store.change(transition(to: .closed, from: record.epoch), of: "x").won }
        #expect(closed.epoch > record.epoch && closed.history.count == 2)
        await store.shutdown()
        replica.kill()
    }

    @Test("that is named alone and is a replica may be read, and says what it is when written to")
    func replicaAlone() async throws {
        let primary = try await ValkeyServer()
        let replica = try await ValkeyServer(["--replicaof", "127.0.0.1", "\(primary.port)"])
        let (writing, reading) = (primary.store(), replica.store())
        let record = try #require(try await writing.report(failures(1), to: "x").accepted)
        #expect(try await eventually { try await reading.read("x", consistent: false) } == record)
        let error = await storeError { () async throws(StoreError) in try await reading.report(failures(1), to: "x") }
        #expect(error.code == .unavailable && error.message.contains("replica") && !error.mayHaveBeenApplied, "\(error)")
        await writing.shutdown()
        await reading.shutdown()
    }

    @Test("that is frozen delays no call beyond the breaker's limit, and is used again when it goes on")
    func freeze() async throws {
        let server = try await ValkeyServer()
        let store = server.store { limits in
            (limits.answer, limits.connect, limits.longestPause) = (.milliseconds(300), .milliseconds(300), .milliseconds(20))
        }
        let breaker = try CircuitBreaker(
            "x",
            store: store,
            configuration: .init(
                sharing: .init(
                    maxViewAge: .milliseconds(10),
                    maxHealthyViewAge: .milliseconds(10),
                    lookBeside: .zero,
                    storeTimeout: .milliseconds(100),
                    storeRetryInterval: .milliseconds(50)
                )
            )
        )
        #expect(try await breaker.run { 1 } == 1)
        server.send(SIGSTOP)
        for _ in 0..<20 {
            let start = ContinuousClock.now
            #expect(try await breaker.run { 1 } == 1)
            #expect(ContinuousClock.now - start < .seconds(10))
            try await Task.sleep(for: .milliseconds(20))
        }
        server.send(SIGCONT)
        #expect(try await eventually { try? await store.report(failures(1), to: "y").accepted }.failureStreak >= 1)
        await store.shutdown()
    }

    @Test("asks for a password, and a database has circuits of its own")
    func password() async throws {
        let server = try await ValkeyServer(["--requirepass", "open sesame"])
        let place = "127.0.0.1:\(server.port)"
        for (url, words) in [
            ("valkey://\(place)", "user:password@"), ("valkey://:wrong@\(place)", "check user and password"),
            ("valkey://:open%20sesame@\(place)/99", "database"),
        ] {
            let store = ValkeyStore(url: url, limits: .generous)
            let error = await storeError { () async throws(StoreError) in try await store.read("x", consistent: true) }
            #expect(error.code == .misconfigured && error.message.contains(words), "\(error)")
            await store.shutdown()
        }
        let (first, second) = (
            ValkeyStore(url: "valkey://:open%20sesame@\(place)", limits: .generous),
            ValkeyStore(url: "valkey://default:open%20sesame@\(place)/1", limits: .generous)
        )
        #expect(try await first.report(failures(1), to: "x").accepted != nil)
        #expect(try await second.read("x", consistent: true) == nil)
        await first.shutdown()
        await second.shutdown()
    }

    @Test("by TLS: with the certificate that was named, and with no other")
    func tls() async throws {
        let folder = NSTemporaryDirectory() + "valkey-tls-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in [("certificate.pem", testCertificate), ("key.pem", testKey)] {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        let server = try await ValkeyServer(
            [
                "--tls-cert-file", "\(folder)/certificate.pem", "--tls-key-file", "\(folder)/key.pem", "--tls-ca-cert-file",
                "\(folder)/certificate.pem", "--tls-auth-clients", "no",
            ],
            isTLS: true
        )
        for host in ["localhost", "127.0.0.1"] {
            let store = ValkeyStore(url: "valkeys://\(host):\(server.port)?ca=\(folder)/certificate.pem", limits: .generous)
            #expect(try await store.report(failures(1), to: host).accepted != nil)
            await store.shutdown()
        }
        let stranger = ValkeyStore(url: "rediss://localhost:\(server.port)", limits: .generous)
        let error = await storeError { () async throws(StoreError) in try await stranger.report(failures(1), to: "x") }
        #expect(error.code == .misconfigured && error.message.contains("'ca'") && !error.mayHaveBeenApplied, "\(error)")
        await stranger.shutdown()
        let lost = ValkeyStore(url: "rediss://localhost:\(server.port)?ca=/no/such/file")
        let missing = await storeError { () async throws(StoreError) in try await lost.read("x", consistent: true) }
        #expect(missing.code == .misconfigured && missing.message.contains("/no/such/file"), "\(missing)")
        // Whoever speaks without TLS is not understood.
        let plain = server.store { $0.connect = .seconds(5) }
        let refused = await storeError { () async throws(StoreError) in try await plain.report(failures(1), to: "x") }
        #expect(refused.code == .unavailable && !refused.mayHaveBeenApplied, "\(refused)")
        await plain.shutdown()
    }

    @Test("lists its circuits, whatever else it holds, and whatever the prefix")
    func listing() async throws {
        let server = try await ValkeyServer()
        for prefix in ["circuits:", "a*[b]?\\:"] {
            let rest = "?prefix=" + prefix.percentEncoded { !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            let store = server.store(rest)
            for number in 0..<500 { _ = try await store.report(failures(number % 3 + 1), to: "c\(number)") }
            for number in 0..<300 { try await server.send(["SET", "other:\(number)", "x"]) }
            try await server.send(["SET", "\(prefix)text", "x"])
            try await server.send(["HSET", "\(prefix)hash", "a", "b"])
            try await server.send(["HSET", "\(prefix)broken", "cb_form", "1", "cb_epoch", "x"])
            let all = try await store.all()
            #expect(Set(all.circuits.keys) == Set((0..<500).map { "c\($0)" }) && all.unreadable == ["broken"] && all.strangers == 2)
            #expect(all.circuits["c4"]?.failureStreak == 2)
        }
    }

    @Test("as a service is prepared and shut down, and one that cannot be reached ends nothing")
    func service() async throws {
        let server = try await ValkeyServer()
        for store in [server.store(), ValkeyStore(url: "http://nowhere")] {
            try await testGracefulShutdown { trigger in
                async let run: Void = store.run()
                trigger.triggerGracefulShutdown()
                try await run
            }
            let error = await storeError { () async throws(StoreError) in try await store.read("x", consistent: true) }
            #expect([.unavailable, .misconfigured].contains(error.code))
        }
    }
}

extension Limits {
    static let impatient = {
        var limits = Limits.generous
        limits.longestPause = .milliseconds(20)
        return limits
    }()
}

extension ValkeyServer {
    func store(_ change: (inout Limits) -> Void) -> ValkeyStore {
        var limits = Limits.generous
        change(&limits)
        return store("", limits: limits)
    }
}

extension ValkeyStore {
    func readOnce(_ id: String) async throws(StoreError) -> CircuitRecord? {
        let record = try await read(id, consistent: false)
        await shutdown()
        return record
    }
}

// Asks until there is an answer.
func eventually<Value>(_ body: () async throws -> Value?) async throws -> Value {
    let end = ContinuousClock.now + .seconds(60)
    while true {
        if let value = try await body() { return value }
        try #require(ContinuousClock.now < end, "still nothing after a minute")
        try await Task.sleep(for: .milliseconds(5))
    }
}
