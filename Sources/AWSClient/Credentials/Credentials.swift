//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// An access key, and until when it is good.
///
/// Prints without its secrets.
public struct Credentials: Sendable, Hashable {
    /// The public half of the key.
    public let accessKeyID: String
    /// The secret half of the key.
    public let secretAccessKey: String
    /// The token that temporary credentials come with.
    public let sessionToken: String?
    /// When they expire, in milliseconds since 1970; nil when that is not known.
    public let expiration: Int64?

    /// Creates credentials.
    ///
    /// - Parameters:
    ///   - accessKeyID: The public half of the key.
    ///   - secretAccessKey: The secret half of the key.
    ///   - sessionToken: The token that temporary credentials come with. An empty one counts as none.
    ///   - expiration: When they expire, in milliseconds since 1970; nil when that is not known.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Int64? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken?.isEmpty == true ? nil : sessionToken
        self.expiration = expiration
    }
}

extension Credentials {
    /// What must not be printed.
    var secrets: [String] { [secretAccessKey, sessionToken].compactMap { $0 }.filter { !$0.isEmpty } }

    /// Whether the keys can be sent in a header and signed with.
    var areWellFormed: Bool {
        [accessKeyID, secretAccessKey, sessionToken ?? "none"].allSatisfy { text in
            !text.isEmpty && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
        }
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The end of the access key id, which is no secret, and nothing else.
    public var description: String { "Credentials(…\(accessKeyID.suffix(4)))" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows no secret either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
