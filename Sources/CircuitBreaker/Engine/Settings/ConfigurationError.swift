//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// A setting that cannot be used: which, what it was, and what it may be.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The setting's name: a parameter, or an environment variable.
    public var setting: String
    /// What was given.
    public var value: String
    /// What may be given.
    public var allowed: String

    // Another setting that limits this one.
    package struct Bound: Hashable, Sendable {
        package var words: String
        package var setting: String
        package var value: String

        package init(words: String, setting: String, value: String) {
            self.words = words
            self.setting = setting
            self.value = value
        }
    }

    package private(set) var bound: Bound?

    /// Creates an error about one setting.
    public init(setting: String, value: String, allowed: String) {
        self.setting = setting
        self.value = value
        self.allowed = allowed
    }

    package init(setting: String, value: String, bound: Bound) {
        self.init(setting: setting, value: value, allowed: "\(bound.words) \(bound.setting), which is \(bound.value)")
        self.bound = bound
    }

    /// One line that names the setting, its value, and what it may be.
    public var description: String { "\(setting) is \(value), but must be \(allowed)" }
}

extension ConfigurationError {
    package static func check(_ setting: String, _ value: Int, in range: ClosedRange<Int>) throws(ConfigurationError) {
        guard range.contains(value) else {
            let allowed = range.upperBound == .max ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            throw ConfigurationError(setting: setting, value: "\(value)", allowed: allowed)
        }
    }

    package static func check(_ setting: String, _ value: Duration, atLeast other: String, _ least: Duration) throws(ConfigurationError) {
        guard value >= least else {
            throw ConfigurationError(setting: setting, value: "\(value)", bound: .init(words: "at least", setting: other, value: "\(least)"))
        }
    }

    package static func check(_ setting: String, rate: Double) throws(ConfigurationError) {
        guard rate > 0, rate <= 1 else {
            throw ConfigurationError(setting: setting, value: "\(rate)", allowed: "above 0 and at most 1")
        }
    }

    // A year: longer spans are mistakes of unit, and sums of such spans stay far from overflow.
    package static let longest = Duration.seconds(366 * 86400)

    package static func check(_ setting: String, _ duration: Duration, orZero: Bool = false) throws(ConfigurationError) {
        guard duration <= longest, orZero ? duration >= .zero : duration > .zero else {
            throw ConfigurationError(setting: setting, value: "\(duration)", allowed: "\(orZero ? "from 0" : "above 0") up to 366 days")
        }
    }
}
