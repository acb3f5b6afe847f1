//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// A place that credentials come from.
public protocol CredentialsSource: Sendable {
    /// Fetches credentials again. Their caller caches them and never asks twice at once.
    ///
    /// - Parameter now: The time, in milliseconds since 1970.
    /// - Returns: The credentials, or nil when this source is not configured here.
    /// - Throws: ``AWSError`` with code `credentials` or `configuration` when it is configured and fails.
    func load(now: Int64) async throws(AWSError) -> Credentials?
}
