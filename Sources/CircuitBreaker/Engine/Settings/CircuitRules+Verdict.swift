//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// When what the window holds opens a CLOSED circuit.
extension CircuitRules {
    // Why a CLOSED circuit must open now, if it must.
    package func tripReason(of record: CircuitRecord, at now: Timestamp) -> ChangeReason? {
        tripReason(of: record, by: policy, at: now)
    }

    func tripReason(of record: CircuitRecord, by policy: TripPolicy, at now: Timestamp) -> ChangeReason? {
        if case .consecutiveFailures(let threshold) = policy.rule, record.failureStreak >= threshold {
            return .consecutiveFailures(count: record.failureStreak, threshold: threshold)
        }
        guard !record.window.isEmpty || foreignFailures(in: record, at: now) > 0 else { return nil }
        var reason: ChangeReason?
        forEachSpan(of: record, at: now) { span in
            reason = failureReason(in: span, by: policy) ?? slowCallReason(in: span, by: policy)
            return reason != nil
        }
        return reason
    }

    private func failureReason(in span: WindowSpan, by policy: TripPolicy) -> ChangeReason? {
        let failures = span.tally.failures
        switch policy.rule {
        case .failures(let threshold, let share):
            // A bare count is one of the whole window.
            guard failures >= threshold, share > 0 || span.isWhole, span.reaches(share, failures) else { return nil }
            let within = Duration.milliseconds(span.isWhole ? window : span.length)
            return .failures(count: failures, threshold: threshold, within: within, calls: share > 0 ? Int(min(span.calls, Double(Int32.max))) : nil)
        case .failureRate(let rate, let minimumCalls):
            guard failures > 0, span.tally.calls >= minimumCalls, span.reaches(rate, failures) else { return nil }
            return .failureRate(failures: failures, calls: span.tally.calls, threshold: rate)
        case .consecutiveFailures:
            return nil
        }
    }

    private func slowCallReason(in span: WindowSpan, by policy: TripPolicy) -> ChangeReason? {
        let slowCalls = span.tally.slowCalls
        guard let slow = policy.slow, slowCalls > 0, span.tally.calls >= slow.minimumCalls, span.reaches(slow.rate, slowCalls) else { return nil }
        return .slowCallRate(slowCalls: slowCalls, calls: span.tally.calls, threshold: slow.rate)
    }

    // The newest slice, the two newest, and so on to the whole window, until one is enough.
    private func forEachSpan(of record: CircuitRecord, at now: Timestamp, isEnough: (WindowSpan) -> Bool) {
        let slices = slices(of: record, at: now)
        let calls = slices.total.calls
        // When each of a foreign writer's failures happened is unknown: they count in the whole window alone.
        let foreign = CircuitWindow.Tally(failures: foreignFailures(in: record, at: now))
        guard let first = slices.first?.start else {
            _ = isEnough(WindowSpan(tally: foreign, length: window, isWhole: true))
            return
        }
        let age = min(window, max(0, now.since(record.since)))
        var tally = CircuitWindow.Tally()
        for slice in slices.reversed() {
            tally += slice.tally.counted
            let length = max(1, now.since(slice.start))
            var span = WindowSpan(tally: tally, length: length, isWhole: slice.start == first)
            if span.isWhole { span.tally += foreign }
            let before = Double(calls) - Double(tally.calls)
            span.expected = before * Double(min(length, bucketWidth)) / Double(max(bucketWidth, min(age - length, slice.start.since(first))))
            if isEnough(span) { return }
        }
    }
}

extension CircuitRules {
    // Why a CLOSED circuit must open by what was reported between two views, if it must: long before a slice of a busy fleet's calls shows it.
    //
    // Reports of calls that ended before the first view may be as late as the store is slow.
    func surgeReason(from mark: WindowMark, to record: CircuitRecord, lateness: Int64, at now: Timestamp) -> ChangeReason? {
        let total = total(of: record, at: now)
        let time = max(1, now.since(mark.at))
        let failures = total.failures - mark.tally.failures
        let tally = CircuitWindow.Tally(failures: failures, successes: max(0, total.successes - mark.tally.successes))
        var span = WindowSpan(tally: tally, length: time, isWhole: false)
        span.expected = mark.callsPerSlice * Double(time + min(storeTimeout, lateness)) / Double(bucketWidth)
        guard failures > 0, mark.callsPerSlice > 0 else { return nil }
        return failureReason(in: span, by: policy)
    }
}

// What the window held at an earlier time.
struct WindowMark: Hashable {
    var at: Timestamp
    var tally: CircuitWindow.Tally
    var callsPerSlice: Double
}

// The newest part of a window, or all of it.
struct WindowSpan {
    var tally: CircuitWindow.Tally
    // Milliseconds from its beginning until now.
    var length: Int64
    var isWhole: Bool
    // The calls of its first slice if they came as those before it: successes are reported later than failures.
    var expected = 0.0

    var calls: Double { max(Double(tally.calls), expected) }

    // Whether so many of the calls are a share of them: in a part beyond what chance would bring about, since there are many parts and any one of them decides.
    func reaches(_ share: Double, _ count: Int) -> Bool {
        let least = share * calls
        let excess = Double(count) - least
        return excess >= 0 && (isWhole || excess * excess >= Self.deviations * Self.deviations * least * (1 - share))
    }

    private static let deviations = 3.0
}
