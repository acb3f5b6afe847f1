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

    init(_ method: HTTPMethod, _ url: String, headers: HTTPHeaders, origin: String) {
        request = HTTPCall(method: method, url: url, headers: headers)
        self.origin = origin
    }

    /// Sends the request.
    ///
    /// - Returns: The body of the answer, at most 64 KiB.
    /// - Throws: ``AWSError`` with code `credentials` when there is no answer within 5 s or it is not HTTP 200.
    func body() async throws(AWSError) -> [UInt8] {
        let answer = try await Transport.once(request, origin: self.origin)
        guard answer.status == 200 else { throw AWSError(.credentials, "\(self.origin) answered with HTTP \(answer.status)") }
        return answer.body
    }
}
