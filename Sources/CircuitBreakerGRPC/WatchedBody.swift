//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import GRPCCore

// Ends a call when nobody is left to read its stream.
final class WatchedCall: Sendable {
    let call: PendingCall

    init(_ call: PendingCall) {
        self.call = call
    }

    deinit {
        guard call.isPending else { return }
        // Of the reader's task: the new one is never cancelled.
        let isCancelled = Task.isCancelled
        Task { [call] in await call.abandoned(isCancelled: isCancelled) }
    }
}

// The parts of a response. The call ends with them.
struct WatchedBody<Message: Sendable>: AsyncSequence, Sendable {
    typealias Part = StreamingClientResponse<Message>.Contents.BodyPart

    let parts: RPCAsyncSequence<Part, any Error>
    let watched: WatchedCall

    func makeAsyncIterator() -> Iterator { Iterator(parts: parts.makeAsyncIterator(), watched: watched) }

    struct Iterator: AsyncIteratorProtocol {
        var parts: RPCAsyncSequence<Part, any Error>.AsyncIterator
        let watched: WatchedCall

        mutating func next() async throws -> Part? { try await next(isolation: nil) }

        mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> Part? {
            do {
                let part = try await parts.next(isolation: actor)
                switch part {
                case .message?: break
                // A stream that ends well ends with these.
                case .trailingMetadata?: await watched.call.succeeded()
                case nil: await watched.call.abandoned(isCancelled: Task.isCancelled)
                }
                return part
            } catch {
                await watched.call.failed(error)
                throw error
            }
        }
    }
}
