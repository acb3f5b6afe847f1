//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

extension Transport {
    /// Callers have limits of their own; what arrives after theirs still serves the next.
    private static let timeLimit = Duration.seconds(5)

    /// Sends a request to a giver of credentials, on a connection of its own; there are hours between one and the next.
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - origin: Who is asked, for the error.
    /// - Returns: The answer, of at most 64 KiB.
    /// - Throws: ``AWSError`` with code `credentials` when there is no answer within 5 s.
    static func once(_ call: HTTPCall, origin: String) async throws(AWSError) -> HTTPAnswer {
        let transport = Transport(Limits(connectTimeout: .seconds(1), idleTimeout: .seconds(1), connections: 1, answerBytes: 1 << 16))
        let result: Result<HTTPAnswer, AWSError>
        do {
            let lateness = AWSError(.timeLimit, "no answer within \(timeLimit)")
            result = .success(
                try await within(timeLimit, orThrow: lateness) { () async throws(AWSError) -> HTTPAnswer in
                    try await transport.send(call, on: .fresh, delivery: Delivery())
                }
            )
        } catch {
            result = .failure(AWSError(.credentials, "\(origin) failed: \(error)"))
        }
        await transport.shutdown()
        return try result.get()
    }
}
