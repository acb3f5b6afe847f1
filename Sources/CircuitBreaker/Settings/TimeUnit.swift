//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The units of durations on the command line.
package enum TimeUnit: String, CaseIterable, Sendable {
    case milliseconds = "ms"
    case seconds = "s"
    case minutes = "m"
    case hours = "h"

    var milliseconds: Double {
        switch self {
        case .milliseconds: 1
        case .seconds: 1000
        case .minutes: 60_000
        case .hours: 3_600_000
        }
    }

    package static func allowed(orZero: Bool) -> String {
        let units = allCases.map(\.rawValue).joined(separator: ", ")
        return "a time with its unit (\(units)), as 250ms, 10s or 5m; \(orZero ? "zero or more" : "above zero"), at most 366 days"
    }

    // In the largest unit of which it is a whole number.
    package static func text(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        let unit = allCases.last { milliseconds % Int64($0.milliseconds) == 0 } ?? .milliseconds
        return milliseconds == 0 ? "0" : "\(milliseconds / Int64(unit.milliseconds))\(unit.rawValue)"
    }

    // 250ms, 1.5s, 5m, 1h; zero needs no unit. In whole milliseconds, rounded up. nil: no such time, or an absurdly long one.
    package static func duration(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        let letters = text.reversed().prefix { $0.isLetter }.count
        guard let unit = TimeUnit(rawValue: String(text.suffix(letters))), let number = Double(text.dropLast(letters)), number.isFinite else {
            return nil
        }
        let milliseconds = (number * unit.milliseconds).rounded(.up)
        return abs(milliseconds) < 1e15 ? .milliseconds(Int64(milliseconds)) : nil
    }
}
