//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

// The value of a Retry-After header: seconds, or any of the three forms of an HTTP date (RFC 9110, 5.6.7).
package enum RetryAfter {
    // How long to wait; zero for a time in the past, nil for what is neither seconds nor a date.
    package static func parse(_ text: String, at now: Timestamp) -> Duration? {
        let text = text.drop { $0 == " " }
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // Longer than a year is a mistake, or an attack.
            return .seconds(min(Int64(text) ?? .max, 366 * 86400))
        }
        guard let date = date(text) else { return nil }
        return max(.zero, now.duration(to: date))
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    private static func date(_ text: Substring) -> Timestamp? {
        let parts = text.lowercased().split { " ,-:".contains($0) }
        guard parts.count >= 7 else { return nil }
        // Sun Nov 6 08:49:37 1994, or Sun, 06 Nov 1994 08:49:37 GMT, or Sunday, 06-Nov-94 08:49:37 GMT.
        if let month = months.firstIndex(of: String(parts[1])) {
            guard parts.count == 7 else { return nil }
            return timestamp(year: parts[6], month: month + 1, day: parts[2], time: parts[3...5])
        }
        guard parts.count == 8, parts[7] == "gmt", let month = months.firstIndex(of: String(parts[2])) else { return nil }
        return timestamp(year: parts[3], month: month + 1, day: parts[1], time: parts[4...6])
    }

    private static func timestamp(year: Substring, month: Int, day: Substring, time: ArraySlice<Substring>) -> Timestamp? {
        let numbers = ([year, day] + time).map { $0.utf8.count <= 4 ? Int($0) : nil }
        guard let year = numbers[0], let day = numbers[1], let hour = numbers[2], let minute = numbers[3], let second = numbers[4] else { return nil }
        guard year >= 0, (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second) else { return nil }
        // Two digits are of this century: the dates of interest lie ahead.
        let days = daysSinceEpoch(year: year < 100 ? 2000 + year : year, month: month, day: day)
        return Timestamp(milliseconds: Int64(((days * 24 + hour) * 60 + minute) * 60 + second) * 1000)
    }

    // Years begin in March, so that the day that leap years add is their last.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let month = month > 2 ? month - 3 : month + 9
        return year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468
    }
}
