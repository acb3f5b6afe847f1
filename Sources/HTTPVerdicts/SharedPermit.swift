//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker
import Synchronization

// A permit that the end of a call, the end of its body, its time limit and its being dropped all want to finish: the first of them does.
package final class SharedPermit: Sendable {
    private final class Slot: Sendable {
        private struct State: ~Copyable {
            var permit: CircuitBreaker.Permit?
            // There once the call has timed out.
            var timeout: Task<Void, Never>?
        }

        private let state: Mutex<State>

        init(_ permit: consuming CircuitBreaker.Permit) {
            state = Mutex(State(permit: permit))
        }

        var isHeld: Bool { state.withLock { $0.permit != nil } }
        var timeout: Task<Void, Never>? { state.withLock { $0.timeout } }

        // From here on nothing else finishes it. False: something has already.
        func timeOut() -> Bool {
            state.withLock { state in
                guard state.permit != nil else { return false }
                state.timeout = Task {
                    if let permit = self.state.withLock({ $0.permit.take() }) { await permit.timeOut() }
                }
                return true
            }
        }

        func settle(_ body: (consuming CircuitBreaker.Permit) async -> Void) async {
            if let permit = state.withLock({ $0.timeout == nil ? $0.permit.take() : nil }) { await body(permit) }
        }
    }

    private let slot: Slot
    private let countdown: Countdown?

    // At the permit's time limit the call has timed out, whatever becomes of it; then `onTimeout` is called.
    package init(_ permit: consuming CircuitBreaker.Permit, of breaker: CircuitBreaker, onTimeout: @escaping @Sendable () -> Void = {}) {
        let limit = permit.timeLimit
        let slot = Slot(permit)
        self.slot = slot
        countdown = limit.map { limit in
            breaker.countdown(limit) {
                if slot.timeOut() { onTimeout() }
            }
        }
    }

    // If so, the circuit knows it by now.
    package func hasTimedOut() async -> Bool {
        guard let timeout = slot.timeout else { return false }
        await timeout.value
        return true
    }

    package func settle(_ verdict: CircuitBreaker.Verdict) async {
        countdown?.cancel()
        await slot.settle { permit in
            switch verdict {
            case .success: await permit.succeed()
            case .failure(let retryAfter): await permit.fail(retryAfter: retryAfter)
            case .ignored: await permit.cancel()
            }
        }
    }

    // As the breaker's configuration judges it; nothing if the task was cancelled.
    package func fail(_ error: any Error) async {
        countdown?.cancel()
        await slot.settle { await $0.fail(error) }
    }

    // Nobody wants the rest of an answer that began well.
    deinit {
        guard slot.isHeld else { return }
        Task { [slot] in await slot.settle { await $0.succeed() } }
    }
}
