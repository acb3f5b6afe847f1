//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// When calls arrive.
public enum Arrivals: Codable, Hashable, Sendable {
    /// At even distances.
    case steady(perSecond: Double)
    /// Independently of each other.
    case poisson(perSecond: Double)
    /// Independently, at a rate that grows or falls evenly over the run.
    case ramp(from: Double, to: Double)
    /// Independently, with another rate for a while.
    case spike(perSecond: Double, peak: Double, from: Milliseconds, until: Milliseconds)
    /// As a file says.
    case listed([Moment])

    /// Calls that arrive together.
    public struct Moment: Codable, Hashable, Sendable {
        /// When.
        public var time: Milliseconds
        /// How many.
        public var calls: Int

        /// Creates a moment.
        public init(time: Milliseconds, calls: Int = 1) {
            self.time = time
            self.calls = calls
        }
    }
}
