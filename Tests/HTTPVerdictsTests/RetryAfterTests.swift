//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import HTTPVerdicts
import Testing

@Suite struct RetryAfterTests {
    // 1994-11-06T08:49:37Z.
    private let date = Timestamp(milliseconds: 784_111_777_000)

    @Test(
        arguments: [("0", 0), ("1", 1), ("120", 120), (" 7", 7), ("40 ", 40), (" \t40\t ", 40), ("99999999999999999999", 366 * 86400)]
            as [(String, Int)]
    )
    func seconds(text: String, seconds: Int) {
        #expect(RetryAfter.parse(text, at: .zero) == .seconds(seconds))
    }

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", " Sun, 06 Nov 1994 08:49:37 GMT\t",
    ])
    func dates(text: String) {
        #expect(RetryAfter.parse(text, at: date.advanced(by: .seconds(-90))) == .seconds(90))
        #expect(RetryAfter.parse(text, at: date) == .zero)
        #expect(RetryAfter.parse(text, at: date.advanced(by: .seconds(5))) == .zero)
    }

    // 2026-11-24T00:00:00Z.
    private let day = Timestamp(milliseconds: 1_795_478_400_000)

    @Test func twoDigitsAreAYearAtMostFiftyAhead() {
        #expect(RetryAfter.parse("Tuesday, 24-Nov-26 00:01:00 GMT", at: day) == .seconds(60))
        #expect(RetryAfter.parse("Tue, 24 Nov 2026 00:01:00 GMT", at: day) == .seconds(60))
        // 1994 and 1977, and so long ago.
        #expect(RetryAfter.parse("Sunday, 06-Nov-94 08:49:37 GMT", at: day) == .zero)
        #expect(RetryAfter.parse("Thursday, 24-Nov-77 00:00:00 GMT", at: day) == .zero)
        #expect(RetryAfter.parse("Tuesday, 24-Nov-76 00:00:00 GMT", at: day) == .seconds(366 * 86400))
        // On the last day of a century.
        let last = Timestamp(milliseconds: 4_102_444_799_000)
        #expect(RetryAfter.parse("Thursday, 31-Dec-99 23:59:59 GMT", at: last) == .zero)
        #expect(RetryAfter.parse("Thursday, 31-Dec-99 23:59:59 GMT", at: last.advanced(by: .seconds(-7))) == .seconds(7))
    }

    @Test(arguments: ["Sat, 24 Nov 2066 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "366000000"])
    func whatIsFarAheadIsBounded(text: String) {
        #expect(RetryAfter.parse(text, at: day) == .seconds(366 * 86400))
    }

    @Test(arguments: [
        "Wed, 31 Feb 2027 08:49:37 GMT", "Mon, 29 Feb 2027 08:49:37 GMT", "Mon, 29 Feb 2100 00:00:00 GMT", "Sat, 31 Apr 2027 00:00:00 GMT",
        "Tuesday, 31-Feb-27 00:00:00 GMT", "Wed Feb 31 08:49:37 2027",
    ])
    func daysThatDoNotExistAreIgnored(text: String) {
        #expect(RetryAfter.parse(text, at: day) == nil)
    }

    @Test(
        arguments: [
            ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800), ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200), ("Thu, 01 Jan 1970 00:00:10 GMT", 10),
        ] as [(String, Int)]
    )
    func leapDays(text: String, seconds: Int) {
        #expect(RetryAfter.parse(text, at: Timestamp(milliseconds: Int64(seconds - 5) * 1000)) == .seconds(5))
    }

    @Test(arguments: [
        "", " ", "-1", "1.5", "soon", "10s", "Sun, 06 Nov 1994", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 PST", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun 06 Nov 1994 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Xyz, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT x", "Sun, 06 Nov 94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994 GMT", "sun, 06 nov 1994 08:49:37 gmt",
        "Sun, +6 Nov 1994 08:49:37 GMT", "12 34", "1,2", "٣", "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        "GMT GMT GMT GMT GMT GMT GMT GMT",
    ])
    func whatIsNeither(text: String) {
        #expect(RetryAfter.parse(text, at: .zero) == nil)
    }
}
