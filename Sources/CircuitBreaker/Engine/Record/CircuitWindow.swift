//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// Failures, slow calls and calls of the last while, in slices that every environment can add to without conflict.
public struct CircuitWindow: Hashable, Sendable {
    /// The slices that hold something, in order of time.
    public private(set) var buckets: [Bucket]

    /// Creates a window from slices in any order; slices that begin together are added up.
    public init(_ buckets: [Bucket] = []) {
        self.buckets = []
        for bucket in buckets { add(bucket) }
    }

    package var isEmpty: Bool { buckets.isEmpty }

    package mutating func add(_ bucket: Bucket) {
        guard let index = buckets.firstIndex(where: { $0.start >= bucket.start }) else {
            buckets.append(bucket)
            return
        }
        guard buckets[index].start == bucket.start else {
            buckets.insert(bucket, at: index)
            return
        }
        buckets[index].tally += bucket.tally
        for reporter in bucket.reporters where !buckets[index].reporters.contains(reporter) {
            buckets[index].reporters.append(reporter)
            buckets[index].reporters.sort()
        }
    }

    package mutating func removeBuckets(before start: Timestamp) {
        buckets.removeAll { $0.start < start }
    }

    // The slices that begin within a time.
    func slices(from start: Timestamp, through end: Timestamp) -> ArraySlice<Bucket> {
        let first = buckets.firstIndex { $0.start >= start } ?? buckets.endIndex
        return buckets[first...].prefix { $0.start <= end }
    }

    package func total(from start: Timestamp, through end: Timestamp) -> Tally {
        slices(from: start, through: end).total
    }

    package func reporters(from start: Timestamp, through end: Timestamp) -> Int {
        var seen: Set<EnvironmentID> = []
        for bucket in slices(from: start, through: end) { seen.formUnion(bucket.reporters) }
        return seen.count
    }
}

extension CircuitWindow {
    /// What was counted in one slice of time, by one environment or by the whole fleet.
    public struct Tally: Hashable, Sendable {
        /// Calls that failed.
        public var failures: Int
        /// Calls that took longer than the policy's limit and did not fail.
        public var slowCalls: Int
        /// Calls that did not fail, slow ones included.
        public var successes: Int

        /// Creates a tally.
        public init(failures: Int = 0, slowCalls: Int = 0, successes: Int = 0) {
            self.failures = failures
            self.slowCalls = slowCalls
            self.successes = successes
        }

        /// All calls counted.
        public var calls: Int { failures.addingSaturating(successes) }

        // Counts below 0 came from no call, and must not hide those that did.
        var counted: Tally { Tally(failures: max(0, failures), slowCalls: max(0, slowCalls), successes: max(0, successes)) }

        package var isEmpty: Bool { failures == 0 && slowCalls == 0 && successes == 0 }

        package static func += (lhs: inout Tally, rhs: Tally) {
            lhs.failures = lhs.failures.addingSaturating(rhs.failures)
            lhs.slowCalls = lhs.slowCalls.addingSaturating(rhs.slowCalls)
            lhs.successes = lhs.successes.addingSaturating(rhs.successes)
        }
    }

    /// One slice of the window.
    public struct Bucket: Hashable, Sendable {
        /// When the slice begins.
        public var start: Timestamp
        /// What was counted in it.
        public var tally: Tally
        /// The environments that saw failures in it, in order and each once; kept only for circuits that ask for several reporters.
        public var reporters: [EnvironmentID]

        /// Creates a bucket.
        public init(start: Timestamp, tally: Tally = Tally(), reporters: [EnvironmentID] = []) {
            self.start = start
            self.tally = tally
            self.reporters = reporters
        }
    }
}

extension ArraySlice<CircuitWindow.Bucket> {
    var total: CircuitWindow.Tally { reduce(into: CircuitWindow.Tally()) { $0 += $1.tally.counted } }
}

extension Int {
    package func addingSaturating(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
