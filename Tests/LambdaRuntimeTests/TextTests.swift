//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import SafeText
import Testing

@testable import LambdaRuntime

struct TextTests {
    @Test func everyScalarBelow256IsValidJSONAndComesBack() throws {
        let text = String(String.UnicodeScalarView((0..<256).compactMap(Unicode.Scalar.init)))
        var json = ""
        json.appendJSON(text)
        #expect(try JSONDecoder().decode(String.self, from: Data(json.utf8)) == text)
    }

    @Test func errorTypesAreFitForAHeader() {
        struct Größe<T: Sendable>: Error { var value: T }
        let report = ErrorReport(Größe(value: 1))
        #expect(report.type == "Größe<Int>")
        #expect(report.headerValue == "Gr__e_Int_")
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_709_251_200_000, "2024-03-01T00:00:00.000Z"),
            (1_798_761_599_007, "2026-12-31T23:59:59.007Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func timestamps(milliseconds: Int64, text: String) {
        #expect(LambdaClock.Instant(millisecondsSinceEpoch: milliseconds).iso8601 == text)
    }

    @Test func timestampsAgreeWithFoundation() {
        let formatter = Date.ISO8601FormatStyle(includingFractionalSeconds: false)
        for day in stride(from: Int64(-130_000), through: 200_000, by: 37) {
            let instant = LambdaClock.Instant(millisecondsSinceEpoch: day * 86_400_000 + 45_296_000)
            let date = Date(timeIntervalSince1970: Double(day * 86_400 + 45_296))
            #expect(instant.iso8601 == date.formatted(formatter).replacing("Z", with: ".000Z"))
        }
    }

    @Test func instantsCannotOverflow() {
        let first = LambdaClock.Instant(millisecondsSinceEpoch: .min)
        let last = LambdaClock.Instant(millisecondsSinceEpoch: .max)
        #expect(first < last)
        #expect(first.duration(to: last) == .milliseconds(Int64.max) - .milliseconds(Int64.min))
        #expect(last.advanced(by: .seconds(1)) == last)
        #expect(first.advanced(by: .seconds(-1)) == first)
        #expect(first.advanced(by: .milliseconds(1)).millisecondsSinceEpoch() == .min + 1)
    }

    @Test func theClockShowsTheTime() async throws {
        let clock = LambdaClock()
        #expect(abs(Double(clock.now.millisecondsSinceEpoch()) / 1000 - Date().timeIntervalSince1970) < 5)
        let start = clock.now
        try await clock.sleep(until: start.advanced(by: .milliseconds(5)))
        #expect(start.duration(to: clock.now) >= .milliseconds(4))
    }
}
