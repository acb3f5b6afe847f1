//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Credentials that are known from the start.
public struct FixedCredentials: CredentialsSource {
    private let credentials: Credentials

    /// Creates a source that always gives the same credentials.
    ///
    /// - Parameter credentials: The credentials.
    public init(_ credentials: Credentials) {
        self.credentials = credentials
    }

    /// The credentials.
    ///
    /// - Parameter now: Not used.
    /// - Returns: The credentials.
    public func load(now: Int64) -> Credentials? { credentials }
}
