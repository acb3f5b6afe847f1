//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

// These need the package's traits: `make test-traits` has them.
#if Metrics && Tracing
    import CircuitBreaker
    import InMemoryTracing
    import Metrics
    import MetricsTestKit
    import Testing
    import Tracing

    @Suite("Metrics and traces")
    struct TelemetryTests {
        // Both systems take one factory per process.
        static let systems: (metrics: TestMetrics, tracer: InMemoryTracer) = {
            let metrics = TestMetrics()
            MetricsSystem.bootstrap(metrics)
            let tracer = InMemoryTracer()
            InstrumentationSystem.bootstrap(tracer)
            return (metrics, tracer)
        }()

        @Test("each call is counted by its outcome and timed, and the state is shown")
        func metrics() async throws {
            let (metrics, _) = Self.systems
            let breaker = try CircuitBreaker("metered", policy: .failures(2, within: .seconds(60)))
            for _ in 0..<3 { await breaker.succeeds() }
            for _ in 0..<2 { await breaker.fails() }
            _ = await breaker.rejection()
            func calls(_ outcome: String) throws -> Int64 {
                try metrics.expectCounter("circuit_breaker_calls", [("circuit", "metered"), ("outcome", outcome)]).totalValue
            }
            #expect(try calls("success") == 3)
            #expect(try calls("failure") == 2)
            #expect(try calls("rejected") == 1)
            let durations = try metrics.expectTimer("circuit_breaker_call_duration", [("circuit", "metered")]).values
            #expect(durations.count == 5)
            #expect(durations.contains { $0 % 1_000_000 != 0 }, "finer than milliseconds")
            #expect(try metrics.expectGauge("circuit_breaker_state", [("circuit", "metered")]).lastValue == 2)
        }

        @Test("each admitted call is a span that tells the circuit, and the error if there was one")
        func traces() async throws {
            let (_, tracer) = Self.systems
            let breaker = try CircuitBreaker("traced", policy: .failures(1, within: .seconds(60)))
            await breaker.succeeds()
            await breaker.fails()
            _ = await breaker.rejection()
            let spans = tracer.finishedSpans.filter { $0.attributes.get("circuit_breaker.circuit") == .string("traced") }
            #expect(spans.count == 2)
            #expect(spans.map(\.errors.count) == [0, 1])
        }
    }
#endif
