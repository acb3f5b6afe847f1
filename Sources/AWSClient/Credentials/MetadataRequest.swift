//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOHTTP1

/// One request to an endpoint on this host that hands out credentials.
struct MetadataRequest: Sendable {
    private let request: HTTPCall
    private let origin: String

    /// Callers have limits of their own; what arrives after theirs still serves the next.
    private static let timeLimit = Duration.seconds(5)

    init(_ method: HTTPMethod, _ url: String, headers: HTTPHeaders, origin: String) {
        self.request = HTTPCall(method: method, url: url, headers: headers)
        self.origin = origin
    }

    /// Sends the request on a connection of its own; there are hours between one and the next.
    ///
    /// - Returns: The body of the answer, at most 64 KiB.
    /// - Throws: ``AWSError`` with code `credentials` when there is no answer within 5 s or it is not HTTP 200.
    func body() async throws(AWSError) -> [UInt8] {
        let transport = Transport(Transport.Limits(connectTimeout: .seconds(1), idleTimeout: .seconds(1), connections: 1, answerBytes: 1 << 16))
        let answer: HTTPAnswer
        do {
            let lateness = AWSError(.timeLimit, "no answer within \(Self.timeLimit)")
            answer = try await within(Self.timeLimit, orThrow: lateness) { () async throws(AWSError) -> HTTPAnswer in
                try await transport.send(self.request, on: .fresh, delivery: Delivery())
            }
            await transport.shutdown()
        } catch {
            await transport.shutdown()
            throw AWSError(.credentials, "\(self.origin) failed: \(error)")
        }
        guard answer.status == 200 else { throw AWSError(.credentials, "\(self.origin) answered with HTTP \(answer.status)") }
        return answer.body
    }
}
