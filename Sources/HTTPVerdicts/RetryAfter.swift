//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

// The value of a Retry-After header: seconds, or any of the three forms of an HTTP date (RFC 9110, 5.6.7 and 10.2.3).
package enum RetryAfter {
    // Longer than a year is a mistake, or an attack.
    private static let longest = Duration.seconds(366 * 86400)

    // How long to wait; zero for a time in the past, nil for what is neither seconds nor a date.
    package static func parse(_ text: String, at now: Timestamp) -> Duration? {
        let text = text.trimmingWhitespace
        if !text.isEmpty, text.utf8.allSatisfy(\.isDigit) { return min(.seconds(Int64(text) ?? .max), longest) }
        guard let date = HTTPDate.parse(text, at: now) else { return nil }
        return min(max(.zero, now.duration(to: date)), longest)
    }
}

extension String {
    // Without the optional whitespace around a field's value.
    fileprivate var trimmingWhitespace: Substring {
        var rest = self[...]
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }
}
