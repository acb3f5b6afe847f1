//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    // A command is a few words.
    private static let largestCommand = 4096

    func commandBody() async throws(Refusal) -> [UInt8] {
        let type = (headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        guard type == "application/json" else {
            throw .bad("Content-Type", headers[.contentType].map { .string($0) }, "application/json")
        }
        do {
            return Array(try await body.collect(upTo: Self.largestCommand).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Refusal(status: 400, message: "the body is too large: a command has at most \(Self.largestCommand) bytes")
        } catch {
            throw Refusal(status: 400, message: "the body cannot be read: \(error)")
        }
    }
}
