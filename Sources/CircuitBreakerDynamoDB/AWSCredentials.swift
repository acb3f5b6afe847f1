//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient

/// An access key for DynamoDB, as a credentials provider of the caller's gives it.
///
/// Prints without its secrets.
public struct AWSCredentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let credentials: Credentials

    /// Creates credentials.
    /// - Parameters:
    ///   - accessKeyID: the public half of the key.
    ///   - secretAccessKey: the secret half.
    ///   - sessionToken: the token that temporary credentials come with.
    ///   - expiration: when they expire, in milliseconds since 1970, so that the provider is asked again before; nil: never.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Int64? = nil) {
        credentials = Credentials(
            accessKeyID: accessKeyID,
            secretAccessKey: secretAccessKey,
            sessionToken: sessionToken,
            expiration: expiration
        )
    }

    /// The end of the access key id, which is no secret, and nothing else.
    public var description: String { "AWS\(credentials)" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows no secret either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
