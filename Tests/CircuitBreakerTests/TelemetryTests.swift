//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

// These need the package's traits: `make test-traits` has them.
#if Metrics && Tracing
    import CircuitBreaker
    import CircuitBreakerTesting
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

        @Test("calls that time out, slow ones and probes are counted by themselves")
        func kinds() async throws {
            let (metrics, _) = Self.systems
            let clock = ManualClock()
            let policy = TripPolicy.failures(1, within: .seconds(60), share: 0).orSlowCalls(1, longerThan: .milliseconds(100), minimumCalls: 1000)
            let configuration = CircuitBreaker.Configuration(policy: policy, timeout: .milliseconds(500))
            let breaker = try CircuitBreaker("kinds", store: InMemoryStore(clock: clock), configuration: configuration, clock: clock)
            func total(_ name: String) throws -> Int64 { try metrics.expectCounter(name, [("circuit", "kinds")]).totalValue }
            _ = await breaker.result { clock.advance(by: .milliseconds(200)) }
            #expect(try total("circuit_breaker_slow_calls") == 1)
            let gate = Gate()
            let late = Task { await breaker.result(deadline: nil, of: { await gate.pass() }) }
            await gate.untilHolding(1)
            await clock.untilSleeping(1)
            clock.advance(by: .milliseconds(500))
            gate.open()
            _ = await late.value
            #expect(try total("circuit_breaker_timeouts") == 1)
            #expect(breaker.view.state == .open)
            clock.advance(by: .seconds(60))
            await breaker.succeeds()
            #expect(try total("circuit_breaker_probes") == 1)
        }

        @Test("the gauge shows the state that decides: at the start, after changes, under orders, and while an environment stands alone")
        func gauge() async throws {
            let (metrics, _) = Self.systems
            let clock = ManualClock()
            let store = FaultyStore(InMemoryStore(clock: clock), clock: clock)
            let configuration = CircuitBreaker.Configuration(policy: .failures(1, within: .seconds(60)))
            let breaker = try CircuitBreaker("gauged", store: store, configuration: configuration, clock: clock)
            func shown() throws -> Double? { try metrics.expectGauge("circuit_breaker_state", [("circuit", "gauged")]).lastValue }
            #expect(try shown() == 0)
            try await breaker.forceOpen(for: .seconds(30), by: "ops", why: "test")
            #expect(try shown() == 2)
            clock.advance(by: .seconds(30))
            await breaker.succeeds()
            #expect(try shown() == 0)
            store.inject(.refuse)
            clock.advance(by: .seconds(2))
            await breaker.fails()
            clock.advance(by: .seconds(2))
            await breaker.fails()
            #expect(try shown() == 2)
            store.heal()
            // What it could not write it writes now, and then it recovers with the fleet.
            for _ in 0..<2 {
                clock.advance(by: .seconds(60))
                await breaker.succeeds()
            }
            let state = breaker.view.state
            #expect(try shown() == (state == .closed ? 0 : state == .halfOpen ? 1 : 2))
            #expect(state != .open)
            let orders = [("circuit", "gauged"), ("change", "given")]
            #expect(try metrics.expectCounter("circuit_breaker_order_changes", [("circuit", "gauged"), ("change", "ended")]).totalValue == 1)
            #expect(throws: (any Error).self) { try metrics.expectCounter("circuit_breaker_order_changes", orders) }
            #expect(try metrics.expectCounter("circuit_breaker_store_requests", [("circuit", "gauged"), ("verb", "change")]).totalValue > 1)
            let errors = [("circuit", "gauged"), ("verb", "read"), ("code", "unavailable")]
            #expect(try metrics.expectCounter("circuit_breaker_store_errors", errors).totalValue > 0)
            #expect(try metrics.expectTimer("circuit_breaker_store_duration", [("circuit", "gauged"), ("verb", "read")]).values.count > 1)
        }

        // Its clock stands, so that no pause of the machine uses up the store's time.
        private func steadyBreaker(_ id: String) throws -> CircuitBreaker {
            let clock = ManualClock()
            let configuration = CircuitBreaker.Configuration(policy: .failures(1, within: .seconds(60)))
            return try CircuitBreaker(id, store: InMemoryStore(clock: clock), configuration: configuration, clock: clock)
        }

        @Test("a permit is a span from when it was given until it is finished, and a rejection is one too")
        func permits() async throws {
            let (_, tracer) = Self.systems
            let breaker = try steadyBreaker("permitted")
            try await breaker.permit().succeed()
            try await breaker.permit().fail(Broken())
            _ = await breaker.rejection()
            _ = await breaker.rejection()
            let spans = tracer.finishedSpans.filter { $0.attributes.get("circuit_breaker.circuit") == .string("permitted") }
            let outcomes = ["success", "failure", "rejected", "rejected"].map { SpanAttribute.string($0) }
            #expect(spans.map { $0.attributes.get("circuit_breaker.outcome") } == outcomes)
            #expect(spans.map(\.errors.count) == [0, 1, 0, 0])
            #expect(spans.last?.attributes.get("circuit_breaker.state") == .string("OPEN"))
        }

        @Test("each admitted call is a span that tells the circuit, and the error if there was one")
        func traces() async throws {
            let (_, tracer) = Self.systems
            let breaker = try steadyBreaker("traced")
            await breaker.succeeds()
            await breaker.fails()
            _ = await breaker.rejection()
            let spans = tracer.finishedSpans.filter { $0.attributes.get("circuit_breaker.circuit") == .string("traced") }
            #expect(spans.map(\.errors.count) == [0, 1, 0])
            let outcomes = ["success", "failure", "rejected"].map { SpanAttribute.string($0) }
            #expect(spans.map { $0.attributes.get("circuit_breaker.outcome") } == outcomes)
        }
    }
#endif
