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
    private let circuit: String
    #if Metrics
        private let succeededCalls: Counter
        private let failedCalls: Counter
        private let rejectedCalls: Counter
        private let timeouts: Counter
        private let slowCalls: Counter
        private let probes: Counter
        private let durations: Timer
        private let stateGauge: Gauge
    #endif

    init(circuit: String) {
        self.circuit = circuit
        #if Metrics
            let dimensions = [("circuit", circuit)]
            succeededCalls = Counter(label: "circuit_breaker_calls", dimensions: dimensions + [("outcome", "success")])
            failedCalls = Counter(label: "circuit_breaker_calls", dimensions: dimensions + [("outcome", "failure")])
            rejectedCalls = Counter(label: "circuit_breaker_calls", dimensions: dimensions + [("outcome", "rejected")])
            timeouts = Counter(label: "circuit_breaker_timeouts", dimensions: dimensions)
            slowCalls = Counter(label: "circuit_breaker_slow_calls", dimensions: dimensions)
            probes = Counter(label: "circuit_breaker_probes", dimensions: dimensions)
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

    func succeeded(_ took: Duration, isSlow: Bool = false) {
        #if Metrics
            succeededCalls.increment()
            if isSlow { slowCalls.increment() }
            durations.record(duration: took)
        #endif
    }

    func failed(_ took: Duration) {
        #if Metrics
            failedCalls.increment()
            durations.record(duration: took)
        #endif
    }

    func timedOut(_ took: Duration) {
        #if Metrics
            timeouts.increment()
        #endif
        failed(took)
    }

    func admittedProbe() {
        #if Metrics
            probes.increment()
        #endif
    }

    // A span of its own, since nothing runs in it.
    func rejected(_ rejection: @autoclosure () -> Rejection) {
        #if Metrics
            rejectedCalls.increment()
        #endif
        #if Tracing
            let rejection = rejection()
            withSpan("CircuitBreaker") { span in
                span.attributes["circuit_breaker.circuit"] = circuit
                span.attributes["circuit_breaker.outcome"] = "rejected"
                span.attributes["circuit_breaker.state"] = rejection.state.rawValue
                span.setStatus(.init(code: .error, message: "\(rejection)"))
            }
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

    // Each once for the fleet, by the environment that makes it; those of an environment's own circuit by themselves.
    func stateChanged(from: CircuitState, to: CircuitState, isShared: Bool) {
        #if Metrics
            let states = [("from", from.rawValue), ("to", to.rawValue), ("scope", isShared ? "fleet" : "environment")]
            Counter(label: "circuit_breaker_state_changes", dimensions: [("circuit", circuit)] + states).increment()
        #endif
    }

    // The state that decides here. 0: CLOSED, 1: HALF-OPEN, 2: OPEN.
    func show(_ state: CircuitState) {
        #if Metrics
            stateGauge.record(state == .closed ? 0 : state == .halfOpen ? 1 : 2)
        #endif
    }

    func asked(_ action: StoreAction, _ error: StoreError?, nanoseconds: Int64) {
        #if Metrics
            let verb =
                switch action {
                case .read: "read"
                case .report: "report"
                case .change: "change"
                }
            let dimensions = [("circuit", circuit), ("verb", verb)]
            Counter(label: "circuit_breaker_store_requests", dimensions: dimensions).increment()
            if let error {
                Counter(label: "circuit_breaker_store_errors", dimensions: dimensions + [("code", "\(error.code)")]).increment()
            }
            Timer(label: "circuit_breaker_store_duration", dimensions: dimensions).recordNanoseconds(nanoseconds)
        #endif
    }

    // The span of a permit, from when it was given until it is finished.
    struct PermitSpan: Sendable {
        #if Tracing
            fileprivate let span: any Span
        #endif

        func end(_ outcome: String, _ error: (any Error)? = nil) {
            #if Tracing
                span.attributes["circuit_breaker.outcome"] = outcome
                if let error { span.recordError(error) }
                if outcome == "failure" || outcome == "timeout" { span.setStatus(.init(code: .error)) }
                span.end()
            #endif
        }
    }

    func permitSpan(isProbe: Bool) -> PermitSpan {
        #if Tracing
            let span = startSpan("CircuitBreaker")
            span.attributes["circuit_breaker.circuit"] = circuit
            span.attributes["circuit_breaker.probe"] = isProbe
            return PermitSpan(span: span)
        #else
            return PermitSpan()
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
                case .error(let error)?:
                    span.attributes["circuit_breaker.outcome"] = "failure"
                    span.recordError(error)
                case nil:
                    span.attributes["circuit_breaker.outcome"] = "timeout"
                    span.setStatus(.init(code: .error, message: "timed out"))
                case .value?: span.attributes["circuit_breaker.outcome"] = "success"
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
