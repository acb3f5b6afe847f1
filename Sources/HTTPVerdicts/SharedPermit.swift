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
        private let permit: Mutex<CircuitBreaker.Permit?>

        init(_ permit: consuming CircuitBreaker.Permit) {
            self.permit = Mutex(permit)
        }

        var isHeld: Bool { permit.withLock { $0 != nil } }

        func settle(_ body: (consuming CircuitBreaker.Permit) async -> Void) async {
            guard let permit = permit.withLock({ $0.take() }) else { return }
            await body(permit)
        }
    }

    private let slot: Slot
    private let countdown: Countdown?

    // With a limit, a call that has not ended by then has failed, whatever becomes of it.
    package init(_ permit: consuming CircuitBreaker.Permit, of breaker: CircuitBreaker, limit: Duration?) {
        let slot = Slot(permit)
        self.slot = slot
        countdown = limit.map { limit in
            breaker.countdown(limit) { Task { await slot.settle { await $0.fail(CircuitBreakerError.timedOut(after: limit)) } } }
        }
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
