//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Timestamp {
    // Within the years 1 to 9999; a record may hold anything.
    private var isDate: Bool { milliseconds > 0 && milliseconds < 253_402_300_800_000 }

    // As people and programs read it; nil when it stands for never, or is no date.
    var date: String? {
        isDate ? Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601) : nil
    }

    // "12:30:00Z, 5 min ago" would lose the day; the whole date stays.
    func words(at now: Timestamp) -> String {
        guard let date else { return milliseconds > 0 ? "after the year 9999" : "never" }
        return "\(date) (\(distance(at: now)))"
    }

    func distance(at now: Timestamp) -> String {
        let difference = since(now)
        return difference > 0 ? "in \(Self.span(difference))" : "\(Self.span(difference == .min ? .max : -difference)) ago"
    }

    private static func span(_ milliseconds: Int64) -> String {
        switch milliseconds {
        case ..<120_000: "\(milliseconds / 1000) s"
        case ..<7_200_000: "\(milliseconds / 60_000) min"
        case ..<172_800_000: "\(milliseconds / 3_600_000) h"
        default: "\(milliseconds / 86_400_000) days"
        }
    }
}
