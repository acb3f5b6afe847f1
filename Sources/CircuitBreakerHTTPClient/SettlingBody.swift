//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import HTTPVerdicts
import NIOCore

// A body whose end is the end of its call.
struct SettlingBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: HTTPClientResponse.Body
    let call: SharedPermit

    func makeAsyncIterator() -> Iterator {
        Iterator(chunks: body.makeAsyncIterator(), call: call)
    }

    struct Iterator: AsyncIteratorProtocol {
        var chunks: HTTPClientResponse.Body.AsyncIterator
        let call: SharedPermit

        @concurrent mutating func next() async throws -> ByteBuffer? {
            do {
                if let chunk = try await chunks.next() { return chunk }
            } catch {
                await call.end(by: error)
                throw error
            }
            // A reader that is cancelled may see an end that is none.
            await call.settle(Task.isCancelled ? .ignored : .success)
            return nil
        }
    }
}
