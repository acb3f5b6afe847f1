//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import StoreSupport
import Testing

@testable import CircuitBreakerDynamoDB

@Suite struct ValueTests {
    @Test(arguments: [
        ChangeReason.failures(count: 3, threshold: 3, within: .seconds(60)), .failures(count: 3, threshold: 3, within: .seconds(60), calls: 9),
        .consecutiveFailures(count: 5, threshold: 4),
        .failureRate(failures: 7, calls: 12, threshold: 0.1), .slowCallRate(slowCalls: 1, calls: 3, threshold: 1.0 / 3), .nextAttemptDue,
        .probesSucceeded(count: 2), .probeFailed(consecutiveOpens: 9), .probesLost(count: 3), .ordered(by: "", why: "ä\n\"🛠"), .adopted, .putBack,
        .failures(count: .max, threshold: .min, within: .milliseconds(Int64.max)),
    ])
    func reasonsComeBack(reason: ChangeReason) {
        #expect(ChangeReason(value: reason.stored(as: JSON.self)) == reason)
    }

    @Test(arguments: CircuitOrder.Kind.allCases)
    func ordersComeBack(kind: CircuitOrder.Kind) {
        for end in [nil, now, Timestamp.zero, Timestamp(milliseconds: .max)] {
            let order = CircuitOrder(kind, until: end, by: "a b", why: "")
            #expect(CircuitOrder(value: order.stored(as: JSON.self)) == order)
        }
    }

    @Test("a text that somebody wrote into the record by other means is read as far as an order may have it")
    func longTexts() throws {
        let long = String(repeating: "x", count: 100_000)
        let most = String(long.prefix(CircuitOrder.longestText))
        #expect(CircuitOrder(value: CircuitOrder(.observe, by: long, why: long).stored(as: JSON.self)) == CircuitOrder(.observe, by: most, why: most))
        #expect(ChangeReason(value: ChangeReason.ordered(by: long, why: long).stored(as: JSON.self)) == .ordered(by: most, why: most))
    }

    @Test func tokensAndSlotsComeBack() {
        for (environment, nonce) in [("abc", UInt64(0)), ("", .max), ("a b  c", 77), ("é ", 1)] {
            let token = WriterToken(environment: EnvironmentID(rawValue: environment), nonce: nonce)
            #expect(WriterToken(text: token.text) == token)
            for expiry in [now, .zero, Timestamp(milliseconds: -5), Timestamp(milliseconds: .max)] {
                let slot = ProbeSlot(holder: token, leaseEnd: expiry)
                #expect(ProbeSlot(text: slot.text) == slot)
            }
        }
        for text in ["", " ", "1", "1 2", "A 1 x", "1 +1 x", "zzzzzzzzzzzzzzz 1 x"] { #expect(ProbeSlot(text: text) == nil, "\(text)") }
    }

    @Test func bucketNamesComeBack() {
        for start in [now, .zero, Timestamp(milliseconds: -1), Timestamp(milliseconds: .max)] {
            let name = BucketName(.counts, start: start, epoch: Epoch(rawValue: now.milliseconds))
            #expect(BucketName(name.attribute) == name)
        }
        for text in ["", "b", "b:", "b1", "b1:", "b1:2:3", "bA:1", "x1:1", "b+1:1", "because"] { #expect(BucketName(text) == nil, "\(text)") }
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("17", 17), ("-17", -17), ("3.99", 3), ("-3.99", -3), ("0.001", 0), ("1E+3", 1000), ("1.5e3", 1500), ("15e-1", 1),
            ("9223372036854775807", Int64.max), ("9223372036854775808", .max), ("-9223372036854775808", .min), ("1E+125", .max), ("-1E+125", .min),
            ("1e99999999999999999999", nil), ("1e9223372036854775807", .max), ("1e-9223372036854775808", 0), ("", nil), ("-", nil), (".", nil),
            ("1.2.3", nil), ("NaN", nil), ("Infinity", nil), ("٣", nil), ("1 ", nil),
        ] as [(String, Int64?)]
    )
    func numbersAreReadAsNearAsMayBe(text: String, number: Int64?) {
        let value: JSON = ["N": .string(text)]
        #expect(value.nearestNumber == number)
    }

    @Test func talliesAddUp() throws {
        let tallies = [
            CircuitWindow.Tally(failures: 1, slowCalls: 2, successes: 3), CircuitWindow.Tally(failures: 99_999, slowCalls: 0, successes: .max),
            CircuitWindow.Tally(failures: -4),
        ]
        let sum = try #require(WholeNumber(String(tallies.map(PackedTally.number).reduce(0, +))))
        #expect(PackedTally.tally(sum) == CircuitWindow.Tally(failures: 100_000, slowCalls: 2, successes: 100_000_002))
        for text in ["-1", "1E+125", "99999999999999999999999999999999999999"] {
            let tally = PackedTally.tally(try #require(WholeNumber(text)))
            #expect(tally.failures >= 0 && tally.slowCalls >= 0 && tally.successes >= 0)
        }
    }

    @Test func nothingExpiresEarly() {
        for milliseconds in [Int64(0), 1, 999, 1000, 1001, now.milliseconds] {
            let time = Timestamp(milliseconds: milliseconds)
            let second = Expiry.value(time).exactNumber ?? 0
            #expect(second * 1000 > milliseconds && second * 1000 <= milliseconds + 1000)
            #expect(Expiry.time(Expiry.value(time)) == Timestamp(milliseconds: milliseconds / 1000 * 1000))
        }
        #expect(Expiry.time(["N": "9223372036854775807"]) == nil)
        _ = Expiry.value(Timestamp(milliseconds: .max))
    }
}
