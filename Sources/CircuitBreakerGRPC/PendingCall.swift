//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import GRPCCore
import Synchronization

// A call that was admitted. Its end is counted once, by whoever sees it first.
final class PendingCall: Sendable {
    private struct State: ~Copyable {
        var permit: CircuitBreaker.Permit?
        // From its beginning until the server accepted it: a stream's length says nothing of the service's speed.
        var accepted: Duration?
    }

    private let state: Mutex<State>
    private let time: TimeAllowed
    private let judge: @Sendable (RPCError) -> CircuitBreaker.Verdict

    init(_ permit: consuming CircuitBreaker.Permit, time: TimeAllowed, judge: @escaping @Sendable (RPCError) -> CircuitBreaker.Verdict) {
        state = Mutex(State(permit: permit))
        self.time = time
        self.judge = judge
    }

    var isPending: Bool { state.withLock { $0.permit != nil } }

    func accepted() {
        let elapsed = time.elapsed
        state.withLock { $0.accepted = elapsed }
    }

    func succeeded() async { await end(.success) }

    func failed(_ error: any Error) async {
        let rpcError = error as? RPCError
        if Task.isCancelled || error is CancellationError || rpcError?.cause is CancellationError {
            // gRPC cancels a call whose time is over, and only its caller learns that this was the reason.
            await end(time.isOver ? time.verdict : .ignored)
        } else if let rpcError {
            let verdict = judge(rpcError)
            await end(rpcError.code == .deadlineExceeded && time.isBrief && verdict != .success ? .ignored : verdict)
        } else if let permit = take() {
            await permit.fail(error)
        }
    }

    // Nobody reads on: what was seen until then was well.
    func abandoned(isCancelled: Bool) async { await end(isCancelled || time.isOver ? .ignored : .success) }

    private func end(_ verdict: CircuitBreaker.Verdict) async {
        let accepted = state.withLock { $0.accepted }
        guard let permit = take() else { return }
        switch verdict {
        case .success:
            if let accepted { await permit.succeed(after: accepted) } else { await permit.succeed() }
        case .failure(let retryAfter): await permit.fail(retryAfter: retryAfter)
        case .ignored: await permit.cancel()
        }
    }

    private func take() -> CircuitBreaker.Permit? { state.withLock { $0.permit.take() } }
}
