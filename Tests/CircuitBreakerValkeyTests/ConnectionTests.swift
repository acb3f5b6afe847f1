//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import NIOCore
import SafeText
import StoreSupport
import Synchronization
import Testing

@testable import CircuitBreakerValkey

// A server that is not what it should be, or not there.
@Suite("A connection", .timeLimit(.minutes(2)))
struct ConnectionTests {
    private func read(_ store: ValkeyStore) async -> StoreError {
        await storeError { () async throws(StoreError) in try await store.read("x", consistent: true) }
    }

    private func report(_ store: ValkeyStore) async -> StoreError {
        await storeError { () async throws(StoreError) in try await store.report(failures(1), to: "x") }
    }

    @Test(
        "to a server that says no names what is wrong",
        arguments: [
            ("-NOAUTH Authentication required.", StoreError.Code.misconfigured, "user and password"),
            ("-WRONGPASS invalid username-password pair or user is disabled.", .misconfigured, "check user and password"),
            ("-NOPERM this user has no permissions to run the 'hgetall' command", .misconfigured, "+hgetall"),
            ("-LOADING Redis is loading the dataset in memory", .unavailable, "reading its data"),
            ("-BUSY Redis is busy running a script.", .throttled, "script"), ("-MOVED 3999 127.0.0.1:6381", .misconfigured, "cluster"),
            ("-CLUSTERDOWN The cluster is down", .misconfigured, "cluster"), ("-MISCONF Errors writing to the AOF file", .unavailable, "disk"),
            ("-OOM command not allowed when used memory > 'maxmemory'.", .unavailable, "maxmemory"),
            ("-NOREPLICAS Not enough good replicas to write.", .unavailable, "replicas"),
            ("-ERR max number of clients reached", .throttled, "maxclients"), ("-ERR unknown command 'EVALSHA'", .misconfigured, "Redis"),
            ("-ERR what\u{7}ever", .unavailable, #"what\u0007ever"#),
            ("-READONLY You can't write against a read only replica.", .unavailable, "replica"),
        ]
    )
    func refusals(answer: String, code: StoreError.Code, words: String) async throws {
        let server = try await StandIn(StandIn.polite { _, _ in .send("\(answer)\r\n") })
        let store = server.store()
        for error in [await read(store), await report(store)] {
            #expect(error.code == code && error.message.contains(words) && !error.mayHaveBeenApplied, "\(error)")
        }
        await store.shutdown()
        try await server.stop()
    }

    static let hostileWords = "ERR \u{1B}[2J\u{202E}gnorw\u{2028}line\u{9B}1m"

    @Test(
        "to a server whose words would control a terminal is an error that spells them",
        arguments: [
            ("PING", "-\(hostileWords)\r\n"), ("HGETALL", "-\(hostileWords)\r\n"), ("EVALSHA", "-\(hostileWords)\r\n"),
            ("EVALSHA", "*2\r\n+foreign\r\n+\(hostileWords)\r\n"), ("EVALSHA", "*2\r\n+unreadable\r\n+\(hostileWords)\r\n"),
        ]
    )
    func hostile(command: String, answer: String) async throws {
        let server = try await StandIn { _, words in .send(words[0] == command ? answer : "+PONG\r\n") }
        let store = server.store()
        let error = command == "EVALSHA" ? await report(store) : await read(store)
        #expect(error.message.contains(#"ERR \u001b[2J\u202egnorw\u2028line\u009b1m"#), "\(error)")
        #expect(!error.message.unicodeScalars.contains { $0.isControl }, "\(error)")
        await store.shutdown()
        try await server.stop()
    }

    @Test("says at the handshake what a verb would say", arguments: ["AUTH", "SELECT", "PING", "ROLE"])
    func handshake(command: String) async throws {
        let server = try await StandIn { _, words in words[0] == command ? .send("-ERR no\r\n") : .send("+OK\r\n") }
        let hosts = command == "ROLE" ? "127.0.0.1:\(server.port),127.0.0.1:\(server.port)" : "127.0.0.1:\(server.port)"
        let store = ValkeyStore(url: "valkey://ann:sesame@\(hosts)/3", limits: .generous)
        let error = await report(store)
        #expect(error.message.contains("-ERR no".dropFirst()) && !error.mayHaveBeenApplied && !error.message.contains("sesame"), "\(error)")
        #expect(server.commands.first == ["AUTH", "ann", "sesame"])
        await store.shutdown()
        try await server.stop()
    }

    static let rubbish: [(String, [UInt8])] = [
        ("HTTP", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)), ("a push of RESP3", Array(">2\r\n+a\r\n+b\r\n".utf8)),
        ("zeros", Array(repeating: 0, count: 100_000)),
        ("a text", Array("+OK\r\n".utf8)), ("a number", Array(":1\r\n".utf8)), ("nothing", Array("$-1\r\n".utf8)),
        ("an odd list", Array("*1\r\n$1\r\na\r\n".utf8)),
        ("a list of numbers", Array("*2\r\n:1\r\n:2\r\n".utf8)), ("a list in a list", Array("*2\r\n*0\r\n*0\r\n".utf8)),
        ("broken UTF-8", Array("$2\r\n".utf8) + [0xFF, 0xFE, 13, 10]),
        ("names in broken UTF-8", Array("*2\r\n$1\r\n".utf8) + [0xFF, 13, 10] + Array("$1\r\n".utf8) + [0xFE, 13, 10]),
        ("an empty list", Array("*0\r\n".utf8)),
    ]

    @Test("to a server that answers rubbish is an error, and not the end of the process", arguments: rubbish)
    func answers(name: String, bytes: [UInt8]) async throws {
        let server = try await StandIn(StandIn.polite { _, _ in .send(bytes) })
        let store = server.store()
        // An empty list is how a server says that there is no such key.
        if name == "an empty list" {
            #expect(try await store.read("x", consistent: true) == nil)
        } else {
            #expect([.unavailable, .unreadable].contains(await read(store).code))
        }
        let error = await report(store)
        #expect([.unavailable, .unreadable].contains(error.code), "\(error)")
        await store.shutdown()
        try await server.stop()
    }

    @Test("to a server that speaks without being asked is given up")
    func unasked() async throws {
        let server = try await StandIn(greeting: "-ERR max number of clients reached\r\n", StandIn.polite { _, _ in .nothing })
        let store = server.store { $0.connect = .milliseconds(300) }
        let error = await read(store)
        #expect([.throttled, .unavailable].contains(error.code) && !error.mayHaveBeenApplied, "\(error)")
        await store.shutdown()
        try await server.stop()
    }

    @Test("that ends before the answer: a change is sent again, a report is not", arguments: [[UInt8](), Array("*3\r\n$4\r\ndo".utf8)])
    func lostAnswers(beginning: [UInt8]) async throws {
        let server = try await StandIn(
            StandIn.polite { connection, _ in connection.isMultiple(of: 2) ? .send("*1\r\n$7\r\nrefused\r\n") : .close(after: beginning) }
        )
        let store = server.store()
        #expect(try await store.change(transition(to: .open, from: .zero), of: "x") == .lost(nil))
        #expect(server.connections == 2 && server.count("EVALSHA") == 2)
        let next = server.store()
        let error = await report(next)
        #expect(error.code == .unavailable && error.mayHaveBeenApplied && server.connections == 3 && server.count("EVALSHA") == 3, "\(error)")
        // The next verb connects again.
        #expect(try await next.report(failures(1), to: "x") == .refused(nil))
        await store.shutdown()
        await next.shutdown()
        try await server.stop()
    }

    @Test("that is silent is given up after its limit, and made again")
    func silence() async throws {
        let server = try await StandIn(StandIn.polite { connection, _ in connection == 1 ? .nothing : .send("*0\r\n") })
        let store = server.store { $0.answer = .milliseconds(100) }
        let error = await report(store)
        #expect(error.code == .timedOut && error.mayHaveBeenApplied && error.message.contains("100 ms"), "\(error)")
        #expect(try await store.read("x", consistent: true) == nil)
        await store.shutdown()
        try await server.stop()
    }

    @Test("to a server that lets nobody in is given up after its limit, and nothing was sent")
    func silentHandshake() async throws {
        let server = try await StandIn { _, _ in .nothing }
        let store = server.store { $0.connect = .milliseconds(100) }
        let error = await report(store)
        #expect(!error.mayHaveBeenApplied && server.count("EVALSHA") == 0, "\(error)")
        await store.shutdown()
        try await server.stop()
    }

    @Test("that cannot be made is not tried for each verb")
    func backOff() async throws {
        let server = try await StandIn { _, _ in .close() }
        let store = server.store { limits in
            (limits.shortestPause, limits.longestPause) = (.minutes(5), .minutes(5))
        }
        for _ in 0..<100 {
            let error = await report(store)
            #expect(error.code == .unavailable && !error.mayHaveBeenApplied)
        }
        #expect(server.connections == 1)
        await store.shutdown()
        try await server.stop()
    }

    @Test("to a port where nobody listens is an error that names it")
    func nobody() async throws {
        let server = try await StandIn { _, _ in .nothing }
        let url = server.url
        try await server.stop()
        let store = ValkeyStore(url: url, limits: .generous)
        let error = await read(store)
        #expect(error.code == .unavailable && error.message.contains("127.0.0.1") && !error.mayHaveBeenApplied, "\(error)")
        await store.shutdown()
    }

    // The breaker cancels a verb at its `storeTimeout`, whether it waits for a connection or for an answer.
    @Test("keeps no caller waiting longer than the breaker does", arguments: [true, false])
    func waiting(isConnected: Bool) async throws {
        let server = try await StandIn { _, words in isConnected && words[0] == "PING" ? .send("+PONG\r\n") : .nothing }
        let store = server.store()
        let breaker = try CircuitBreaker("x", store: store, configuration: .init(sharing: .init(storeTimeout: .milliseconds(100))))
        let start = ContinuousClock.now
        #expect(try await breaker.run { 1 } == 1)
        // The store's own limits are 30 s and 60 s.
        #expect(ContinuousClock.now - start < .seconds(20))
        await store.shutdown()
        try await server.stop()
    }

    @Test("bounds what is under way and what waits", arguments: [true, false])
    func bounds(isConnected: Bool) async throws {
        let server = try await StandIn { _, words in isConnected && words[0] == "PING" ? .send("+PONG\r\n") : .nothing }
        let store = server.store { $0.pending = 10 }
        let errors = await withTaskGroup { group in
            for _ in 0..<30 { group.addTask { await self.report(store) } }
            var errors: [StoreError] = []
            for await error in group {
                errors.append(error)
                // Those that found room wait for an answer that never comes.
                if errors.count == 20 { await store.shutdown() }
            }
            return errors
        }
        #expect(errors.prefix(20).allSatisfy { $0.code == .throttled && !$0.mayHaveBeenApplied })
        #expect(errors.dropFirst(20).allSatisfy { $0.code == .unavailable })
        try await server.stop()
    }

    @Test("carries many verbs at once, each with its own answer")
    func pipeline() async throws {
        let server = try await StandIn(
            StandIn.polite { _, words in
                let id = words[1].dropFirst("circuits:".count)
                return .send("*4\r\n$7\r\ncb_form\r\n$1\r\n1\r\n$9\r\ncb_streak\r\n$\(id.count)\r\n\(id)\r\n")
            }
        )
        let store = server.store()
        try await withThrowingTaskGroup { group in
            for number in 1...500 {
                group.addTask {
                    let record = try await store.read("\(number)", consistent: true)
                    #expect(record?.failureStreak == number)
                }
            }
            try await group.waitForAll()
        }
        #expect(server.connections == 1)
        await store.shutdown()
        try await server.stop()
    }

    @Test("is left by a server that became a replica, for the one that is none")
    func demotion() async throws {
        let isPrimary = Mutex(true)
        @Sendable func role(_ isPrimary: Bool) -> StandIn.Step { .send(isPrimary ? "*1\r\n$6\r\nmaster\r\n" : "*1\r\n$5\r\nslave\r\n") }
        let first = try await StandIn { _, words in
            let isPrimary = isPrimary.withLock { $0 }
            return words[0] == "ROLE"
                ? role(isPrimary) : .send(isPrimary ? "*1\r\n$7\r\nrefused\r\n" : "-READONLY You can't write against a read only replica.\r\n")
        }
        let second = try await StandIn { _, words in words[0] == "ROLE" ? role(!isPrimary.withLock { $0 }) : .send("*1\r\n$7\r\nrefused\r\n") }
        let store = ValkeyStore(url: "valkey://127.0.0.1:\(second.port),127.0.0.1:\(first.port)", limits: .generous)
        #expect(try await store.report(failures(1), to: "x") == .refused(nil))
        #expect(first.count("EVALSHA") == 1 && second.count("EVALSHA") == 0)
        isPrimary.withLock { $0 = false }
        let error = await report(store)
        #expect(error.code == .unavailable && !error.mayHaveBeenApplied)
        #expect(try await store.report(failures(1), to: "x") == .refused(nil))
        #expect(second.count("EVALSHA") == 1)
        await store.shutdown()
        try await first.stop()
        try await second.stop()
    }

    @Test("is closed by the shutdown, and none is made after it")
    func shutdown() async throws {
        let server = try await StandIn(StandIn.polite { _, words in words[0] == "EVALSHA" ? .nothing : .send("*0\r\n") })
        let store = server.store()
        #expect(try await store.read("x", consistent: true) == nil)
        let waiting = Task { await storeError { () async throws(StoreError) in try await store.report(failures(1), to: "silent") } }
        while server.count("EVALSHA") == 0 { await Task.yield() }
        await store.shutdown()
        #expect(await waiting.value.mayHaveBeenApplied)
        let error = await report(store)
        #expect(error.message.contains("shut down") && !error.mayHaveBeenApplied && server.connections == 1)
        await store.shutdown()
        try await server.stop()
    }
}
