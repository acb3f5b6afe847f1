//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import HTTPTypes
import HTTPVerdicts
import Hummingbird
import Synchronization

extension ResponseBody {
    // The same; its end is the call's end.
    func settling(_ call: SharedPermit) -> ResponseBody {
        ResponseBody(contentLength: contentLength) { writer in
            let delivery = Delivery()
            do {
                try await write(DeliveredWriter(writer: writer, delivery: delivery))
            } catch {
                // A caller that went away says nothing about the dependency.
                if delivery.hasFailed { await call.settle(.ignored) } else { await call.fail(error) }
                throw error
            }
            await call.settle(.success)
        }
    }
}

// Tells a body that cannot be delivered from one that cannot be made.
private final class Delivery: Sendable {
    private let failure = Atomic(false)

    var hasFailed: Bool { failure.load(ordering: .acquiring) }

    func fail() { failure.store(true, ordering: .releasing) }
}

private struct DeliveredWriter: ResponseBodyWriter {
    var writer: any ResponseBodyWriter
    let delivery: Delivery

    @concurrent mutating func write(_ buffer: ByteBuffer) async throws {
        do { try await writer.write(buffer) } catch { throw failed(error) }
    }

    @concurrent mutating func write(contentsOf buffers: some Sequence<ByteBuffer>) async throws {
        do { try await writer.write(contentsOf: buffers) } catch { throw failed(error) }
    }

    @concurrent consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        let delivery = delivery
        do {
            try await writer.finish(trailingHeaders)
        } catch {
            delivery.fail()
            throw error
        }
    }

    private func failed(_ error: any Error) -> any Error {
        delivery.fail()
        return error
    }
}
