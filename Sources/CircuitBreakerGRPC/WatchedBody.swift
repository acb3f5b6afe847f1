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
        Task { [call] in await call.abandoned() }
    }
}

// The parts of a response, and the call's end with theirs.
struct WatchedBody<Message: Sendable>: AsyncSequence, Sendable {
    typealias Part = StreamingClientResponse<Message>.Contents.BodyPart

    let parts: RPCAsyncSequence<Part, any Error>
    let call: WatchedCall

    func makeAsyncIterator() -> Iterator { Iterator(parts: parts.makeAsyncIterator(), call: call) }

    struct Iterator: AsyncIteratorProtocol {
        var parts: RPCAsyncSequence<Part, any Error>.AsyncIterator
        let call: WatchedCall

        mutating func next() async throws -> Part? { try await next(isolation: nil) }

        mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> Part? {
            do {
                let part = try await parts.next(isolation: actor)
                // A reader of one message stops at the metadata that ends a stream well.
                switch part {
                case .trailingMetadata?, nil: await call.call.succeeded()
                case .message?: break
                }
                return part
            } catch {
                await call.call.failed(error)
                throw error
            }
        }
    }
}
