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
    private let limit: TimeAllowed
    private let judge: @Sendable (RPCError) -> CircuitBreaker.Verdict

    init(_ permit: consuming CircuitBreaker.Permit, limit: TimeAllowed, judge: @escaping @Sendable (RPCError) -> CircuitBreaker.Verdict) {
        state = Mutex(State(permit: permit))
        self.limit = limit
        self.judge = judge
    }

    func accepted() {
        let time = limit.elapsed
        state.withLock { $0.accepted = time }
    }

    func succeeded() async { await end(.success) }

    func failed(_ error: any Error) async {
        // gRPC cancels a call whose time is over, and says so only to its caller.
        if Task.isCancelled || error is CancellationError {
            await end(limit.isOver ? limit.verdict : .ignored)
        } else if let error = error as? RPCError {
            let verdict = judge(error)
            await end(error.code == .deadlineExceeded && limit.isBrief && verdict != .success ? .ignored : verdict)
        } else if let permit = take() {
            await permit.fail(error)
        }
    }

    // Nobody reads on: what was seen until then was well.
    func abandoned() async { await end(Task.isCancelled || limit.isOver ? .ignored : .success) }

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

// How much time the caller gave, as gRPC tells the server.
struct TimeAllowed: Sendable {
    private let start = ContinuousClock.now
    private let limit: Duration?
    private let minimum: Duration

    init(_ metadata: Metadata, minimum: Duration) {
        limit = metadata[stringValues: "grpc-timeout"].first { _ in true }.flatMap(Self.duration)
        self.minimum = minimum
    }

    var elapsed: Duration { ContinuousClock.now - start }

    var isOver: Bool { limit.map { elapsed >= $0 } ?? false }

    // Too little time to say anything of the service.
    var isBrief: Bool { limit.map { $0 < minimum } ?? false }

    var verdict: CircuitBreaker.Verdict { isBrief ? .ignored : .failure() }

    // At most eight digits and a unit.
    static func duration(_ text: String) -> Duration? {
        guard let unit = text.last, text.utf8.count <= 9, let number = Int64(text.dropLast()), number >= 0 else { return nil }
        return switch unit {
        case "H": .seconds(number * 3600)
        case "M": .seconds(number * 60)
        case "S": .seconds(number)
        case "m": .milliseconds(number)
        case "u": .microseconds(number)
        case "n": .nanoseconds(number)
        default: nil
        }
    }
}
