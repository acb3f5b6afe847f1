//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// The name of a field that holds a part of the window: a count of one slice, or one that reported failures in it.
enum WindowField {
    enum Count: String, CaseIterable {
        case failures = "f"
        case slowCalls = "s"
        case successes = "n"
    }

    case count(Count, start: Timestamp)
    case reporter(EnvironmentID, start: Timestamp)

    static let prefix = "cb_w:"

    var name: String {
        switch self {
        case .count(let count, let start): "\(Self.prefix)\(start.milliseconds):\(count.rawValue)"
        case .reporter(let environment, let start): "\(Self.prefix)\(start.milliseconds):r:\(environment.rawValue)"
        }
    }

    init?(_ name: String) {
        let parts = name.dropFirst(Self.prefix.count).split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard name.hasPrefix(Self.prefix), parts.count > 1, let start = Int64(parts[0]).map({ Timestamp(milliseconds: $0) }) else { return nil }
        if parts.count == 3, parts[1] == "r" {
            self = .reporter(EnvironmentID(rawValue: String(parts[2])), start: start)
        } else if parts.count == 2, let count = Count(rawValue: String(parts[1])) {
            self = .count(count, start: start)
        } else {
            return nil
        }
        guard self.name == name else { return nil }
    }
}
