//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CalendarDate

/// Dates as AWS writes them, to and from milliseconds since 1970, without Foundation.
enum DateText {
    /// `20261124T063100Z`, the form of a signature.
    static func basic(_ milliseconds: Int64) -> String {
        let date = CalendarDate(milliseconds: milliseconds)
        return "\(pad(date.year, 4))\(pad(date.month))\(pad(date.day))T\(pad(date.hour))\(pad(date.minute))\(pad(date.second))Z"
    }

    /// `Tue, 24 Nov 2026 06:31:00` and a zone, the form of a Date header.
    static func header(_ milliseconds: Int64, zone: String = "GMT") -> String {
        let date = CalendarDate(milliseconds: milliseconds)
        let time = "\(pad(date.hour)):\(pad(date.minute)):\(pad(date.second))"
        return "\(weekdays[date.weekday]), \(pad(date.day)) \(months[date.month - 1]) \(pad(date.year, 4)) \(time) \(zone)"
    }

    /// Reads `Tue, 24 Nov 2026 06:31:00 GMT`, the only form that servers may send.
    static func parse(header: String) -> Int64? {
        let parts = header.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else { return nil }
        let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2] else { return nil }
        return milliseconds(year: Int(parts[3]), month: month + 1, day: Int(parts[1]), time: (hour, minute, second))
    }

    /// The time of a date and a time of day in UTC; nil when there is no such day or time.
    static func milliseconds(year: Int?, month: Int, day: Int?, time: (hour: Int, minute: Int, second: Int)) -> Int64? {
        guard let year, let day else { return nil }
        return CalendarDate(year: year, month: month, day: day, hour: time.hour, minute: time.minute, second: time.second)?.milliseconds
    }

    static let weekdayNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    static let monthNames = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    ]

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func pad(_ value: Int, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
