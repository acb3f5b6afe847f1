//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOHTTP1

/// Sends one request after another to the Runtime API, and connects again when it must.
package final class RuntimeAPILink {
    private let address: RuntimeAPIAddress
    private var connection: RuntimeAPIConnection?

    package init(_ address: RuntimeAPIAddress) {
        self.address = address
    }

    deinit {
        connection?.close()
    }

    package func send(_ request: RuntimeAPIRequest) async throws -> RuntimeAPIAnswer {
        do {
            if let connection = self.connection, connection.isOpen {
                do {
                    return try await connection.send(request, host: self.address.description)
                } catch let loss as RuntimeAPIHandler.Loss where loss.isBeforeAnswer {
                    // A connection that sat idle may have been closed just as it was used again; one whose caller was cancelled is not replaced.
                    try Task.checkCancellation()
                }
            }
            let connection = try await connect()
            self.connection = connection
            return try await connection.send(request, host: self.address.description)
        } catch let loss as RuntimeAPIHandler.Loss {
            try Task.checkCancellation()
            throw RuntimeFailure.connectionLost(
                address: self.address.description,
                request: "\(request.method) \(request.path)",
                reason: loss.reason
            )
        }
    }

    private func connect() async throws -> RuntimeAPIConnection {
        do {
            return try await RuntimeAPIConnection.open(to: self.address)
        } catch {
            throw RuntimeFailure.unreachable(address: self.address.description, reason: RuntimeFailure.reason(error))
        }
    }

    package static func refusal(of request: RuntimeAPIRequest, _ answer: RuntimeAPIAnswer) -> any Error {
        RuntimeFailure.refused(
            request: "\(request.method) \(request.path)",
            status: answer.head.status.code,
            body: String(buffer: answer.body)
        )
    }
}
