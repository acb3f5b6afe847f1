//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Crypto
import NIOHTTP1

/// Signature version 4 in the headers of a request.
enum SigV4 {
    /// The request with its date, its session token and its Authorization header.
    ///
    /// - Parameters:
    ///   - request: The request. Date, token and Authorization headers that it has are replaced.
    ///   - credentials: Who signs.
    ///   - region: The region of the endpoint.
    ///   - service: The signing name of the service, for example `dynamodb`.
    ///   - date: When, in milliseconds since 1970.
    /// - Returns: The signed request.
    static func sign(_ request: SigningRequest, credentials: Credentials, region: String, service: String, date: Int64) -> SigningRequest {
        let timestamp = DateText.basic(date)
        let day = String(timestamp.prefix(8))
        let scope = "\(day)/\(region)/\(service)/aws4_request"

        var request = request
        request.headers.remove(name: "Authorization")
        request.headers.remove(name: "X-Amz-Date")
        if request.headers.contains(name: "Date") {
            request.headers.replaceOrAdd(name: "Date", value: DateText.header(date, zone: "-0000"))
        } else {
            request.headers.add(name: "X-Amz-Date", value: timestamp)
        }
        if let token = credentials.sessionToken {
            request.headers.replaceOrAdd(name: "X-Amz-Security-Token", value: token)
        }

        let (canonical, signedHeaders) = request.canonical()
        let toSign = ["AWS4-HMAC-SHA256", timestamp, scope, Self.hash(Array(canonical.utf8))].joined(separator: "\n")
        var key = SymmetricKey(data: Array("AWS4\(credentials.secretAccessKey)".utf8))
        for part in [day, region, service, "aws4_request"] {
            key = SymmetricKey(data: Self.authenticate(part, key: key))
        }
        let signature = Self.hex(Self.authenticate(toSign, key: key))
        request.headers.add(
            name: "Authorization",
            value: "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(signedHeaders), Signature=\(signature)"
        )
        return request
    }

    static func hash(_ bytes: [UInt8]) -> String {
        Self.hex(SHA256.hash(data: bytes))
    }

    private static func authenticate(_ text: String, key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
    }
}
