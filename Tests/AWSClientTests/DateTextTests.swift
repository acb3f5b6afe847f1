//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import Testing

@testable import AWSClient

@Suite struct DateTextTests {
    @Test func writesAndReadsBack() async {
        var generator = SeededGenerator(seed: 1)
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        for round in 0..<1_000 {
            if round % 20 == 0 { await Task.yield() }
            let time = Int64.random(in: 0..<4_102_444_800, using: &generator) * 1_000
            let header = DateText.header(time)
            #expect(header == format.string(from: Date(timeIntervalSince1970: Double(time) / 1_000)))
            #expect(DateText.parse(header: header) == time)
            let basic = DateText.basic(time)
            let iso = "\(basic.prefix(4))-\(basic.dropFirst(4).prefix(2))-\(basic.dropFirst(6).prefix(2))T"
            let clock = "\(basic.dropFirst(9).prefix(2)):\(basic.dropFirst(11).prefix(2)):\(basic.dropFirst(13).prefix(2))"
            #expect(LenientTimestamp.parse(iso + clock + "Z") == time)
        }
    }

    @Test(arguments: [
        "", "T", "2026-11-24", "2026-13-24T06:31:00Z", "2026-11-24T25:31:00Z", "2026-11-24T06:31Z", "2026-11-24T06:31:00", "tomorrow",
        "2026-11-24T06:31:00+1", "99999999999999999999-01-01T00:00:00Z", "--T::Z",
    ])
    func refusesOtherHeaders(text: String) {
        #expect(DateText.parse(header: text) == nil)
    }
}
