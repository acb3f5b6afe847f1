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

@Suite("What others have put under a circuit's key", .needsServer, .timeLimit(.minutes(2)))
struct ForeignValueTests {
    static let values: [(String, [String])] = [
        ("an empty text", ["SET", "KEY", ""]), ("a text", ["SET", "KEY", "x"]), ("a list", ["RPUSH", "KEY", "a"]), ("a set", ["SADD", "KEY", "a"]),
        ("a sorted set", ["ZADD", "KEY", "1", "a"]), ("a stream", ["XADD", "KEY", "*", "a", "b"]), ("a hash", ["HSET", "KEY", "name", "x"]),
        ("a hash of empty texts", ["HSET", "KEY", "", ""]), ("a hash of a later form", ["HSET", "KEY", "cb_form", "2", "cb_epoch", "5"]),
    ]

    @Test("is unreadable, and is left as it is", arguments: values)
    func foreign(name: String, words: [String]) async throws {
        let server = try await ValkeyServer.shared
        let store = server.store()
        let id = uniqueID()
        try await server.send(words.map { $0 == "KEY" ? "circuits:\(id)" : $0 })
        let before = try await server.command("DUMP", "circuits:\(id)")
        try await expectUnreadable(store, id, "circuits:\(id)")
        #expect(try await server.command("DUMP", "circuits:\(id)") == before)
        await store.shutdown()
    }

    @Test(
        "is unreadable where a field of ours is not what this library writes",
        arguments: [
            "circuitState", "failureCount", "successCount", "nextAttempt", "lastFailureTime", "consecutiveOpens", "stateTimestamp", "cb_epoch",
            "cb_state", "cb_since", "cb_next",
            "cb_opens", "cb_probed", "cb_lost", "cb_unused", "cb_streak", "cb_shown", "cb_order", "cb_orders", "cb_told", "cb_slot0", "cb_w:1:f",
            "expiresAt",
        ]
    )
    func wrongFields(field: String) async throws {
        let server = try await ValkeyServer.shared
        let store = server.store()
        for value in ["", "x", "1.5", "007", "+1", " 1", "1e3", "99999999999999999999", "-", "\u{0}"] {
            let id = uniqueID()
            try await server.command("HSET", "circuits:\(id)", "cb_form", "1", field, value)
            let error = await storeError { () async throws(StoreError) in try await store.read(id, consistent: true) }
            #expect(error.code == .unreadable && error.message.contains("'\(field)'"), "\(value.debugDescription): \(error)")
            await expectNoCrash(store, id)
        }
        await store.shutdown()
    }

    @Test(
        "is as good as none where nothing is decided by it",
        arguments: ["cb_writer", "cb_reason", "cb_error", "cb_trouble", "cb_h:1", "cb_o:1", "cb_w:x", "cb_slot00", "other"]
    )
    func ignored(field: String) async throws {
        let server = try await ValkeyServer.shared
        let store = server.store()
        for value in ["", "x", "(", "(a b c)", "\u{0}"] {
            let id = uniqueID()
            try await server.command("HSET", "circuits:\(id)", "cb_form", "1", field, value)
            #expect(try await store.read(id, consistent: true) == CircuitRecord())
            #expect(try await store.report(failures(1), to: id).accepted != nil)
            #expect(try await store.change(transition(to: .open, from: .zero), of: id).won?.state == .open)
        }
        await store.shutdown()
    }

    @Test("is unreadable where it is no UTF-8", arguments: ["cb_state", "cb_epoch", "cb_slot1", "cb_order"])
    func brokenText(field: String) async throws {
        let server = try await ValkeyServer.shared
        let store = server.store()
        let id = uniqueID()
        // Bytes that no text of Swift's has.
        try await server.command(
            "EVAL",
            "return redis.call('HSET', KEYS[1], 'cb_form', '1', ARGV[1], '\\255\\192', '\\254', 'x')",
            "1",
            "circuits:\(id)",
            field
        )
        let error = await storeError { () async throws(StoreError) in try await store.read(id, consistent: true) }
        #expect(error.code == .unreadable && error.message.contains("'\(field)'"), "\(error)")
        await expectNoCrash(store, id)
        await store.shutdown()
    }

    @Test("is unreadable where it is longer than a circuit can be, and harms no other circuit", arguments: [(5000, 1), (1, 2 << 20)])
    func tooLong(fields: Int, bytes: Int) async throws {
        let server = try await ValkeyServer.shared
        let store = server.store()
        let id = uniqueID()
        let fill = "for i = 1, ARGV[1] do redis.call('HSET', KEYS[1], 'cb_form', '1', 'f' .. i, string.rep('x', ARGV[2])) end return 1"
        try await server.command("EVAL", fill, "1", "circuits:\(id)", String(fields), String(bytes))
        let others = Task {
            for _ in 0..<50 { _ = try await store.report(failures(1), to: "\(id).other") }
        }
        for _ in 0..<5 { await expectNoCrash(store, id, isUnreadable: true) }
        try await others.value
        #expect(try await store.read("\(id).other", consistent: true)?.failureStreak == 50)
        try await server.command("DEL", "circuits:\(id)")
        await store.shutdown()
    }

    private func expectUnreadable(_ store: ValkeyStore, _ id: String, _ words: String) async throws {
        let errors = await [
            storeError { () async throws(StoreError) in try await store.read(id, consistent: true) },
            storeError { () async throws(StoreError) in try await store.report(failures(1), to: id) },
            storeError { () async throws(StoreError) in try await store.change(transition(to: .open, from: .zero), of: id) },
        ]
        for error in errors {
            #expect(
                error.code == .unreadable && !error.mayHaveBeenApplied && error.message.contains("'\(words)'") && error.message.contains("prefix"),
                "\(error)"
            )
        }
    }

    private func expectNoCrash(_ store: ValkeyStore, _ id: String, isUnreadable: Bool = false) async {
        do throws(StoreError) {
            _ = try await store.report(failures(1), to: id)
            _ = try await store.change(transition(to: .open, from: .zero), of: id)
            _ = try await store.change(CircuitChange(.countSuccess, if: .init()), of: id)
            #expect(!isUnreadable)
        } catch {
            #expect(error.code == .unreadable, "\(error)")
        }
    }
}

extension ValkeyServer {
    func send(_ words: [String]) async throws {
        let store = store()
        let reply = try await store.connection.get().link.answer(to: Command(words))
        await store.shutdown()
        if case .error(let text) = reply { throw Failure(text) }
    }
}

extension ValkeyStore {
    // All pages as one, and how often each circuit was on one.
    func all() async throws -> (circuits: [String: CircuitRecord], unreadable: Set<String>, strangers: Int) {
        var (circuits, unreadable, strangers) = ([String: CircuitRecord](), Set<String>(), 0)
        var cursor: ValkeyPage.Cursor?
        repeat {
            let page = try await page(after: cursor)
            circuits.merge(page.circuits) { $1 }
            unreadable.formUnion(page.unreadable)
            strangers += page.strangers
            cursor = page.next
        } while cursor != nil
        await shutdown()
        return (circuits, unreadable, strangers)
    }
}
