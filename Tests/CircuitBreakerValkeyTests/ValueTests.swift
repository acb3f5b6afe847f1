//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import StoreSupport
import Testing

@testable import CircuitBreakerValkey

@Suite("What fields hold")
struct ValueTests {
    static let texts = ["", " ", "~", "%", "(", "a b", "(a) b%20", "Wartung – 保守 🛠", "\u{0}\n\t\u{7F}", "%7E", String(repeating: "x", count: 300)]

    @Test("any text comes back, and so do lists of them")
    func anyText() {
        for text in Self.texts {
            for value in [FieldValue.word(text), .words([.word(text)]), .words([.missing, .words([.word(text), .words([])]), .word(text)])] {
                #expect(FieldValue(written: value.written) == value, "\(value.written)")
            }
        }
        #expect(FieldValue(written: FieldValue.missing.written) == .missing)
        #expect(FieldValue.words([.word("failures"), .word("3"), .missing, .words([.word("a b")])]).written == "(failures 3 ~ (a%20b))")
    }

    @Test(
        "what is not written so is none",
        arguments: [
            "", "(", ")", "(a", "a)", "(a  b)", "( a)", "(a )", "a b", "%zz", "%4", "%61", "(a)(b)", "%FF", "(((((((((a)))))))))", "\u{7F}",
        ]
    )
    func rubbish(text: String) {
        #expect(FieldValue(written: text) == nil)
    }

    @Test("reasons, orders and histories come back", arguments: texts)
    func lists(text: String) {
        let by = text.shortenedForRecord
        let reasons: [ChangeReason] = [
            .failures(count: 3, threshold: 3, within: .seconds(60)), .failures(count: 3, threshold: 3, within: .seconds(60), calls: 9),
            .consecutiveFailures(count: 5, threshold: 4), .failureRate(failures: 7, calls: 12, threshold: 0.1),
            .slowCallRate(slowCalls: 1, calls: 3, threshold: 1.0 / 3), .nextAttemptDue, .probesSucceeded(count: 2), .probeFailed(consecutiveOpens: 9),
            .probesLost(count: 3), .ordered(by: by, why: by), .adopted, .putBack,
        ]
        for reason in reasons {
            #expect(FieldValue(written: reason.stored(as: FieldValue.self).written).flatMap { ChangeReason(value: $0) } == reason)
            let entry = HistoryEntry(
                epoch: Epoch(rawValue: 7),
                event: .changed(from: nil, to: .open, reason: reason, by: EnvironmentID(rawValue: by))
            )
            #expect(FieldValue(written: entry.stored(as: FieldValue.self).written).flatMap { HistoryEntry(HistoryName(entry), value: $0) } == entry)
        }
        for end in [nil, Timestamp.zero, Timestamp(milliseconds: .max)] {
            let order = CircuitOrder(.observe, until: end, by: by, why: by)
            #expect(FieldValue(written: order.stored(as: FieldValue.self).written).flatMap { CircuitOrder(value: $0) } == order)
        }
    }

    @Test("names of slices are their own")
    func windowFields() {
        for name in ["cb_w:0:f", "cb_w:-5:s", "cb_w:1764236400000:n", "cb_w:7:r:", "cb_w:7:r:a:b 保"] { #expect(WindowField(name)?.name == name) }
        for name in ["cb_w:", "cb_w:x:f", "cb_w:01:f", "cb_w:1:x", "cb_w:1", "cb_w:1:f:", "cb_x:1:f"] { #expect(WindowField(name) == nil, "\(name)") }
    }

    @Test(
        "digests are right",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
            (String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        ]
    )
    func digests(text: String, digest: String) {
        #expect(SHA1.hexadecimal(of: text) == digest)
    }
}

@Suite("The URL of a store")
struct SettingsTests {
    @Test func isReadInFull() throws {
        let settings = try ValkeySettings(url: "rediss://ann:p%40ss%2F%3Aw@one.example,[::1]:7000,10.0.0.1:6380/3?prefix=a%20b:&ca=/etc/ca.pem")
        #expect(settings.addresses.map(\.description) == ["one.example:6379", "[::1]:7000", "10.0.0.1:6380"])
        #expect(settings.user == "ann" && settings.password == "p@ss/:w" && settings.database == 3 && settings.usesTLS)
        #expect(settings.prefix == "a b:" && settings.certificates == "/etc/ca.pem")
        #expect(settings.addresses.map(\.nameForTLS) == ["one.example", nil, nil])
        #expect(settings.name == "valkeys://one.example:6379,[::1]:7000,10.0.0.1:6380/3?prefix=a b:")
        let short = try ValkeySettings(url: "valkey://:secret@cache")
        #expect(short.user == nil && short.password == "secret" && short.database == 0 && short.prefix == "circuits:" && !short.usesTLS)
        #expect(short.name == "valkey://cache:6379/0")
    }

    @Test(
        "names what is wrong and never the password",
        arguments: [
            ("", "CIRCUITBREAKER_STORE"), ("http://x", "valkey://"), ("cache:6379", "valkey://"), ("valkey://", "no host"),
            ("valkey://a,,b", "no host"),
            ("valkey://a:b", "port 'b'"), ("valkey://a:0", "port '0'"), ("valkey://a:65536", "port"), ("valkey://a/x", "database 'x'"),
            ("valkey://a/-1", "database"), ("valkey://a/1/2", "database"), ("valkey://sesame@a", "user:password@"),
            ("valkey://a:@b", "user:password@"),
            ("valkey://a:%zz@b", "user:password@"), ("valkey://a?timeout=3", "'timeout'"), ("valkey://a?prefix=", "'prefix'"),
            ("valkey://a?ca=x", "valkeys://"),
            ("valkey://u:sesame@a b", "no host"), ("valkey://[::1", "no host"), ("valkey://[::1]x", "no host"),
        ]
    )
    func complains(url: String, words: String) async {
        let error = await storeError { () async throws(StoreError) in try ValkeySettings(url: url) }
        #expect(
            error.code == .misconfigured && error.message.contains(words) && !error.message.contains("sesame") && !error.mayHaveBeenApplied,
            "\(error)"
        )
        let store = ValkeyStore(url: url)
        let again = await storeError { () async throws(StoreError) in try await store.read("x", consistent: true) }
        #expect(again.message == error.message)
        await store.shutdown()
    }

    @Test func shortFormsAreAccepted() throws {
        _ = try CircuitBreaker("payments", store: .valkey("valkey://cache"), policy: .failures(3, within: .seconds(60)))
        _ = try CircuitBreaker("payments", store: ValkeyStore(url: "valkey://cache"))
    }
}
