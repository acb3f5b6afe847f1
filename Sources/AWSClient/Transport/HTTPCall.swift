//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOHTTP1
import Synchronization

/// An HTTP request to send.
struct HTTPCall: Sendable {
    var method: HTTPMethod
    var url: String
    var headers: HTTPHeaders
    var body: [UInt8] = []
}

/// An HTTP answer, read to its end.
struct HTTPAnswer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
}

/// Knows whether the service may have carried out a call, over all its attempts.
final class Delivery: Sendable {
    private let isSent = Atomic(false)
    private let isUnknown = Atomic(false)

    /// Whether this attempt's body went out.
    var wasSent: Bool { isSent.load(ordering: .acquiring) }

    var mayHaveBeenApplied: Bool { wasSent || isUnknown.load(ordering: .acquiring) }

    /// This attempt's body goes out.
    ///
    /// Before that no service can carry the request out.
    func sent() {
        isSent.store(true, ordering: .releasing)
    }

    /// The service refused this attempt.
    func refused() {
        isSent.store(false, ordering: .releasing)
    }

    /// The attempt ended without an answer.
    func ended() {
        if isSent.exchange(false, ordering: .acquiringAndReleasing) { isUnknown.store(true, ordering: .releasing) }
    }
}

/// A request body that notes when it is asked for, which is when the connection takes it.
struct TrackedBody: AsyncSequence, Sendable {
    let bytes: [UInt8]
    let delivery: Delivery

    struct AsyncIterator: AsyncIteratorProtocol {
        var bytes: [UInt8]?
        let delivery: Delivery

        mutating func next() async -> ByteBuffer? {
            guard let bytes = self.bytes.take() else { return nil }
            delivery.sent()
            return ByteBuffer(bytes: bytes)
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(bytes: self.bytes, delivery: self.delivery)
    }
}
