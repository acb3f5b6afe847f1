//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
#if Metrics
    import Metrics
#endif
#if Tracing
    import Tracing
#endif

// Metrics and traces, for those who build with the traits of these names; without them all of this is nothing.
@usableFromInline
struct Telemetry: Sendable {
    #if Metrics
        private let succeededCalls: Counter
        private let failedCalls: Counter
        private let rejectedCalls: Counter
        private let durations: Timer
        private let stateGauge: Gauge
        private let circuit: String
    #endif

    init(circuit: String) {
        #if Metrics
            self.circuit = circuit
            let dimensions = [("circuit", circuit)]
            succeededCalls = Counter(label: "circuit_breaker_calls", dimensions: dimensions + [("outcome", "success")])
            failedCalls = Counter(label: "circuit_breaker_calls", dimensions: dimensions + [("outcome", "failure")])
            rejectedCalls = Counter(label: "circuit_breaker_calls", dimensions: dimensions + [("outcome", "rejected")])
            durations = Timer(label: "circuit_breaker_call_duration", dimensions: dimensions)
            stateGauge = Gauge(label: "circuit_breaker_state", dimensions: dimensions)
        #endif
    }

    // Whether each call's duration is counted.
    var isOn: Bool {
        #if Metrics
            true
        #else
            false
        #endif
    }

    // Whether each call is in a span.
    var traces: Bool {
        #if Tracing
            true
        #else
            false
        #endif
    }

    func succeeded(_ took: Duration) {
        #if Metrics
            succeededCalls.increment()
            durations.record(duration: took)
        #endif
    }

    func failed(_ took: Duration) {
        #if Metrics
            failedCalls.increment()
            durations.record(duration: took)
        #endif
    }

    func rejected() {
        #if Metrics
            rejectedCalls.increment()
        #endif
    }

    // Each once for the fleet: by the environment that announces it.
    func orderChanged(_ order: CircuitOrder?, hasEnded: Bool, isOwn: Bool) {
        #if Metrics
            guard isOwn else { return }
            let change = order == nil ? (hasEnded ? "ended" : "lifted") : "given"
            Counter(label: "circuit_breaker_order_changes", dimensions: [("circuit", circuit), ("change", change)]).increment()
        #endif
    }

    // 0: CLOSED, 1: HALF-OPEN, 2: OPEN.
    func stateChanged(_ state: CircuitState) {
        #if Metrics
            stateGauge.record(state == .closed ? 0 : state == .halfOpen ? 1 : 2)
        #endif
    }

    // Nil: the call's time limit came first.
    #if Tracing
        @usableFromInline
        func span<Value: Sendable, Failure: Error>(
            _ circuit: String,
            isProbe: Bool,
            _ body: () async -> CallEnd<Value, Failure>?
        ) async -> CallEnd<Value, Failure>? {
            await withSpan("CircuitBreaker") { span in
                span.attributes["circuit_breaker.circuit"] = circuit
                span.attributes["circuit_breaker.probe"] = isProbe
                let end = await body()
                switch end {
                case .error(let error)?: span.recordError(error)
                case nil: span.setStatus(.init(code: .error, message: "timed out"))
                case .value?: break
                }
                return end
            }
        }
    #else
        @inlinable
        func span<Value: Sendable, Failure: Error>(
            _ circuit: String,
            isProbe: Bool,
            _ body: () async -> CallEnd<Value, Failure>?
        ) async -> CallEnd<Value, Failure>? {
            await body()
        }
    #endif
}
