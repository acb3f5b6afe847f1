//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Credentials that a closure gives.
public struct ProvidedCredentials: CredentialsSource {
    private let provide: @Sendable () async throws -> Credentials

    /// Creates a source.
    ///
    /// - Parameter provide: Gives the credentials; asked again before they expire.
    public init(_ provide: @escaping @Sendable () async throws -> Credentials) {
        self.provide = provide
    }

    /// Asks for the credentials.
    ///
    /// - Parameter now: Not used.
    /// - Returns: The credentials.
    /// - Throws: ``AWSError`` with code `credentials` when there are none, or when they cannot be signed with.
    public func load(now: Int64) async throws(AWSError) -> Credentials? {
        let credentials: Credentials
        do {
            credentials = try await provide()
        } catch {
            throw AWSError(.credentials, "the credentials' provider failed: \(error)")
        }
        guard credentials.areWellFormed else { throw AWSError(.credentials, "the credentials' provider gave keys with characters that no key has") }
        return credentials
    }
}
