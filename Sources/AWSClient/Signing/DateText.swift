//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Dates as AWS writes them, to and from milliseconds since 1970, without Foundation.
enum DateText {
    /// `20261124T063100Z`, the form of a signature.
    static func basic(_ milliseconds: Int64) -> String {
        let date = Civil(milliseconds)
        return "\(pad(date.year, 4))\(pad(date.month))\(pad(date.day))T\(pad(date.hour))\(pad(date.minute))\(pad(date.second))Z"
    }

    /// `Tue, 24 Nov 2026 06:31:00` and a zone, the form of a Date header.
    static func header(_ milliseconds: Int64, zone: String = "GMT") -> String {
        let date = Civil(milliseconds)
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
        guard let year, let day, 1...9999 ~= year, 1...12 ~= month, 1...Civil.lastDay(of: month, in: year) ~= day,
            0...23 ~= time.hour, 0...59 ~= time.minute, 0...60 ~= time.second
        else { return nil }
        return Int64(Civil.days(year: year, month: month, day: day) * 86_400 + time.hour * 3_600 + time.minute * 60 + time.second) * 1_000
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

/// A date and time of day in UTC, by the usual arithmetic on years that begin in March.
private struct Civil {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    let weekday: Int

    init(_ milliseconds: Int64) {
        let seconds = Int(milliseconds / 1_000)
        let days = seconds / 86_400
        let era = (days + 719_468) / 146_097
        let dayOfEra = days + 719_468 - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        self.month = shifted < 10 ? shifted + 3 : shifted - 9
        self.day = dayOfYear - (153 * shifted + 2) / 5 + 1
        self.year = yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0)
        self.hour = seconds % 86_400 / 3_600
        self.minute = seconds % 3_600 / 60
        self.second = seconds % 60
        self.weekday = (days + 4) % 7
    }

    static func lastDay(of month: Int, in year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let yearOfEra = year % 400
        return year / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
