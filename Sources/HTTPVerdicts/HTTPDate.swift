//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CalendarDate
import CircuitBreaker

// A date of HTTP, as RFC 9110, 5.6.7 writes it.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    private static let shortDays = days.map { $0.prefix(3) }

    // Nil for what is no date, such as the 31st of February. Whether the day of the week is right is not looked at.
    static func parse(_ text: Substring, at now: Timestamp) -> Timestamp? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        switch parts.count {
        // Sun, 06 Nov 1994 08:49:37 GMT
        case 6 where parts[5] == "GMT" && parts[0].last == "," && shortDays.contains(parts[0].dropLast()):
            return timestamp(number(parts[3], digits: 4), parts[2], number(parts[1], digits: 2), parts[4])
        // Sunday, 06-Nov-94 08:49:37 GMT
        case 4 where parts[3] == "GMT" && parts[0].last == "," && days.contains(String(parts[0].dropLast())):
            let date = parts[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, let year = number(date[2], digits: 2) else { return nil }
            return timestamp(shortYear: year, date[1], number(date[0], digits: 2), parts[2], at: now)
        // Sun Nov  6 08:49:37 1994
        case 6 where parts[2].isEmpty && shortDays.contains(parts[0]):
            return timestamp(number(parts[5], digits: 4), parts[1], number(parts[3], digits: 1), parts[4])
        case 5 where shortDays.contains(parts[0]):
            return timestamp(number(parts[4], digits: 4), parts[1], number(parts[2], digits: 2), parts[3])
        default:
            return nil
        }
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        text.utf8.count == digits && text.utf8.allSatisfy(\.isDigit) ? Int(text) : nil
    }

    private static func timestamp(_ year: Int?, _ month: Substring, _ day: Int?, _ time: Substring) -> Timestamp? {
        let times = time.split(separator: ":", omittingEmptySubsequences: false).map { number($0, digits: 2) }
        guard let year, let day, let month = months.firstIndex(of: String(month)).map({ $0 + 1 }), times.count == 3,
            let hour = times[0], let minute = times[1], let second = times[2]
        else { return nil }
        return CalendarDate(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
            .map { Timestamp(milliseconds: $0.milliseconds) }
    }

    // Two digits are of this century, or of the last one where that would be more than fifty years ahead.
    private static func timestamp(shortYear: Int, _ month: Substring, _ day: Int?, _ time: Substring, at now: Timestamp) -> Timestamp? {
        let year = CalendarDate(milliseconds: now.milliseconds).year / 100 * 100 + shortYear
        // With as many leap days as there can be.
        let fiftyYears = Duration.seconds((50 * 365 + 13) * 86400)
        guard let date = timestamp(year, month, day, time), now.duration(to: date) > fiftyYears else { return timestamp(year, month, day, time) }
        return timestamp(year - 100, month, day, time)
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
