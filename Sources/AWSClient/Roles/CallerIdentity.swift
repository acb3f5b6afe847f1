//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Who a program is to AWS.
package enum CallerIdentity {
    /// Asks STS.
    ///
    /// - Parameters:
    ///   - environment: Where region, endpoint and credentials come from.
    ///   - limit: How long it may take in all.
    /// - Returns: The ARN of the user or of the role's session.
    /// - Throws: ``AWSError`` when there are no credentials, or STS refuses or does not answer in time.
    package static func arn(environment: ProcessEnvironment, within limit: Duration) async throws(AWSError) -> String {
        let lateness = AWSError(.timeLimit, "no answer within \(limit)")
        return try await AWSClient.within(limit, orThrow: lateness) { () async throws(AWSError) -> String in
            let now = WallClock.now()
            guard let credentials = try await DefaultCredentials(environment: environment).load(now: now) else {
                throw AWSError(.credentials, "no credentials")
            }
            return try await SecurityTokenService(environment: environment, now: now).callerARN(of: credentials)
        }
    }
}
