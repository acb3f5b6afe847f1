//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Synchronization

// Lines of metrics for CloudWatch. An extension does not know where an invocation ends, so each circuit has one line a second at most, when a call has ended or was rejected.
final class MetricLines: Sendable {
    private struct Source {
        var breaker: CircuitBreaker
        var metrics: EmbeddedMetrics
        var next: Timestamp
    }

    private static let pause = Duration.seconds(1)

    private let write: @Sendable (String) -> Void
    private let clock: any CircuitClock
    private let sources = Mutex<[String: Source]>([:])

    init(clock: any CircuitClock, write: @escaping @Sendable (String) -> Void) {
        self.clock = clock
        self.write = write
    }

    // Before its first call, so that this is measured too.
    func begin(with breaker: CircuitBreaker) {
        let now = clock.now
        sources.withLock { Self.begin(with: breaker, at: now, in: &$0) }
    }

    private static func begin(with breaker: CircuitBreaker, at now: Timestamp, in sources: inout [String: Source]) {
        if let source = sources[breaker.id], source.breaker === breaker { return }
        // Its namespace and interval are the usual ones, which can be used.
        guard let metrics = try? EmbeddedMetrics(breaker, durations: true) else { return }
        if sources.count >= Sidecar.permitLimit { sources = [:] }
        sources[breaker.id] = Source(breaker: breaker, metrics: metrics, next: now)
    }

    // What is not said now is in a later line.
    func look(at breaker: CircuitBreaker) {
        let now = clock.now
        let metrics = sources.withLock { sources -> EmbeddedMetrics? in
            Self.begin(with: breaker, at: now, in: &sources)
            // A clock that was set back holds nothing up.
            guard let source = sources[breaker.id], now >= source.next || now.advanced(by: Self.pause) < source.next else { return nil }
            sources[breaker.id]?.next = now.advanced(by: Self.pause)
            return source.metrics
        }
        if let line = metrics?.line() { write(line) }
    }

    // Before the process ends.
    func lookAtAll() {
        for source in sources.withLock({ Array($0.values) }) {
            if let line = source.metrics.line() { write(line) }
        }
    }
}
