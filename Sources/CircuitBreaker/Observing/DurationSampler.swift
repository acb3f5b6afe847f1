//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// How long some of the calls took, evenly spread over all that ended.
final class DurationSampler: Sendable {
    // CloudWatch takes no more values in one line.
    static let limit = 100

    private struct Sample {
        var durations: [Duration] = []
        // Of so many calls one is taken.
        var stride = 1
        var passed = 0
    }

    private let sample = Mutex(Sample())

    func add(_ duration: Duration) {
        sample.withLock { sample in
            sample.passed += 1
            guard sample.passed == sample.stride else { return }
            sample.passed = 0
            if sample.durations.count == Self.limit {
                sample.durations = stride(from: 0, to: Self.limit, by: 2).map { sample.durations[$0] }
                sample.stride *= 2
            }
            sample.durations.append(duration)
        }
    }

    // What there is since this was last asked for.
    func take() -> [Duration] {
        sample.withLock { sample in
            defer { sample = Sample() }
            return sample.durations
        }
    }
}
