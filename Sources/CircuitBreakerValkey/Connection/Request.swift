//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import NIOCore
import Synchronization

// A command under way: answered, failed or given up once, whichever comes first.
final class Request: Sendable {
    typealias Answer = Result<Reply, StoreError>

    private struct State {
        var isSent = false
        var answer: Answer?
        var whenDone: (@Sendable (Answer) -> Void)?
    }

    let bytes: ByteBuffer
    private let state = Mutex(State())

    init(_ command: Command) {
        bytes = command.bytes
    }

    // Whether it is still wanted.
    func send() -> Bool {
        state.withLock { state in
            guard state.answer == nil else { return false }
            state.isSent = true
            return true
        }
    }

    // The error as it is if the command was sent; nothing can have been applied if it was not.
    func fail(_ error: StoreError) {
        finish { isSent in
            var error = error
            if !isSent { error.mayHaveBeenApplied = false }
            return .failure(error)
        }
    }

    func succeed(_ reply: Reply) {
        finish { _ in .success(reply) }
    }

    private func finish(_ answer: (_ isSent: Bool) -> Answer) {
        let (whenDone, result) = state.withLock { state -> ((@Sendable (Answer) -> Void)?, Answer?) in
            guard state.answer == nil else { return (nil, nil) }
            let result = answer(state.isSent)
            state.answer = result
            return (state.whenDone.take(), result)
        }
        if let result { whenDone?(result) }
    }

    // At most once.
    func whenDone(_ body: @escaping @Sendable (Answer) -> Void) {
        let answer = state.withLock { state in
            if state.answer == nil { state.whenDone = body }
            return state.answer
        }
        if let answer { body(answer) }
    }

    // Ends with the caller's task: the answer, if one still comes, is dropped.
    func answer() async -> Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                whenDone { continuation.resume(returning: $0) }
            }
        } onCancel: {
            fail(StoreError(.timedOut, "the server did not answer while the caller waited"))
        }
    }
}
