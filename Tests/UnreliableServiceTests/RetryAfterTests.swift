//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing
import UnreliableService

@Suite struct RetryAfterTests {
    // 1994-11-06T08:49:37Z.
    private let date = Timestamp(milliseconds: 784_111_777_000)

    @Test(arguments: [("0", 0), ("1", 1), ("120", 120), (" 7", 7), ("99999999999999999999", 366 * 86400)] as [(String, Int)])
    func seconds(text: String, seconds: Int) {
        #expect(RetryAfter.parse(text, at: .zero) == .seconds(seconds))
    }

    @Test(arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func dates(text: String) {
        #expect(RetryAfter.parse(text, at: date.advanced(by: .seconds(-90))) == .seconds(90))
        #expect(RetryAfter.parse(text, at: date) == .zero)
        #expect(RetryAfter.parse(text, at: date.advanced(by: .seconds(5))) == .zero)
    }

    @Test func twoDigitYearIsOfThisCentury() {
        // 2026-11-24T00:00:00Z.
        let day = Timestamp(milliseconds: 1_795_478_400_000)
        #expect(RetryAfter.parse("Tuesday, 24-Nov-26 00:01:00 GMT", at: day) == .seconds(60))
        #expect(RetryAfter.parse("Tue, 24 Nov 2026 00:01:00 GMT", at: day) == .seconds(60))
    }

    @Test(
        arguments: [
            ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800), ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200), ("Thu, 01 Jan 1970 00:00:10 GMT", 10),
        ] as [(String, Int)]
    )
    func leapDays(text: String, seconds: Int) {
        #expect(RetryAfter.parse(text, at: .zero) == .seconds(seconds))
    }

    @Test(arguments: [
        "", " ", "-1", "1.5", "soon", "10s", "Sun, 06 Nov 1994", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 PST", "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        "GMT GMT GMT GMT GMT GMT GMT GMT",
    ])
    func whatIsNeither(text: String) {
        #expect(RetryAfter.parse(text, at: .zero) == nil)
    }
}
