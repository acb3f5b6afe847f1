//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// How long something takes: a distribution by four of its points, straight between them.
public struct Latency: Codable, Hashable, Sendable {
    /// The shortest.
    public var minimum: Double
    /// Half take longer.
    public var median: Double
    /// One in a hundred takes longer.
    public var p99: Double
    /// The longest.
    public var maximum: Double

    /// Creates a distribution, in milliseconds.
    public init(minimum: Double, median: Double, p99: Double, maximum: Double) {
        self.minimum = minimum
        self.median = median
        self.p99 = p99
        self.maximum = maximum
    }

    /// Creates one without any spread, in milliseconds.
    public static func exactly(_ time: Double) -> Latency {
        Latency(minimum: time, median: time, p99: time, maximum: time)
    }

    // The time at a share of all cases, from 0 to 1.
    func at(_ share: Double) -> Double {
        if share < 0.5 { return minimum + (median - minimum) * share * 2 }
        if share < 0.99 { return median + (p99 - median) * (share - 0.5) / 0.49 }
        return p99 + (maximum - p99) * (share - 0.99) * 100
    }
}
