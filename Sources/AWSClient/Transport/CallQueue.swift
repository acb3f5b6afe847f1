//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Synchronization

/// Bounds how many calls are under way at once; a bounded number of others waits, in the order of arrival.
///
/// The HTTP client would count that wait as time spent on connecting, and a burst of calls as an endpoint that cannot be reached.
final class CallQueue: Sendable {
    private struct Waiter {
        var number: UInt64
        var continuation: CheckedContinuation<AWSError?, Never>
    }

    private struct State {
        var places = 0
        var underWay = 0
        var waiting: [Waiter] = []
        var numbers: UInt64 = 0
    }

    private let state = Mutex(State())
    private let mostUnderWay: Int
    private let mostWaiting: Int

    /// Creates an empty queue.
    ///
    /// - Parameters:
    ///   - underWay: How many calls may be under way at once.
    ///   - waiting: How many more may wait.
    init(underWay: Int, waiting: Int) {
        mostUnderWay = max(1, underWay)
        mostWaiting = max(0, waiting)
    }

    /// How many calls wait now.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Takes a place, before a call costs anything; give it back by ``giveUpPlace()``.
    ///
    /// - Throws: ``AWSError`` with code `busy` when there is none.
    func takePlace() throws(AWSError) {
        let isThere = self.state.withLock { state in
            guard state.places < mostUnderWay + mostWaiting else { return false }
            state.places += 1
            return true
        }
        if !isThere { throw busy }
    }

    /// Gives the place back.
    func giveUpPlace() {
        state.withLock { $0.places -= 1 }
    }

    /// Waits for its turn; end the turn by ``leave()``.
    ///
    /// - Throws: ``AWSError`` with code `cancelled` when the task is cancelled.
    func enter() async throws(AWSError) {
        let number = self.state.withLock { state in
            state.numbers += 1
            return state.numbers
        }
        let refusal: AWSError? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: AWSError?? = self.state.withLock { state in
                    // The handler may have run already, and found no waiter.
                    if Task.isCancelled { return AWSError(.cancelled, "cancelled") }
                    if state.underWay < mostUnderWay {
                        state.underWay += 1
                        return .some(nil)
                    }
                    state.waiting.append(Waiter(number: number, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: AWSError(.cancelled, "cancelled"))
        }
        if let refusal { throw refusal }
    }

    /// Gives the turn to the next.
    func leave() {
        let next: Waiter? = self.state.withLock { state in
            if state.waiting.isEmpty {
                state.underWay -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.continuation.resume(returning: nil)
    }

    private var busy: AWSError {
        AWSError(.busy, "\(mostUnderWay) calls are under way and \(mostWaiting) wait, so this one was not made; raise maximumConnections")
    }
}
