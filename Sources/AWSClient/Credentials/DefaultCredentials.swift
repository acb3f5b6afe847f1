//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// The places where the AWS tools and SDKs look, in their order: environment, profile, container, instance.
public struct DefaultCredentials: CredentialsSource {
    private let configured: [any CredentialsSource]
    private let instance: InstanceCredentials

    /// Creates the chain.
    ///
    /// - Parameter environment: The environment variables that configure the sources.
    public init(environment: ProcessEnvironment = .current) {
        self.configured = [
            EnvironmentCredentials(environment: environment),
            ProfileCredentials(environment: environment),
            ContainerCredentials(environment: environment),
        ]
        self.instance = InstanceCredentials(environment: environment)
    }

    /// Asks each source in turn until one has credentials.
    ///
    /// - Parameter now: The time, in milliseconds since 1970.
    /// - Returns: The credentials of the first source that is configured.
    /// - Throws: ``AWSError`` when that source fails, or when none is configured.
    public func load(now: Int64) async throws(AWSError) -> Credentials? {
        for source in self.configured {
            if let credentials = try await source.load(now: now) { return credentials }
        }
        var last = "AWS_EC2_METADATA_DISABLED is true"
        do {
            if let credentials = try await self.instance.load(now: now) { return credentials }
        } catch {
            guard error.code == .credentials else { throw error }
            last = error.message
        }
        throw AWSError(
            .credentials,
            "no credentials in the environment, a profile or a container endpoint, and \(last); "
                + "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with AWS_PROFILE, or give the host a role"
        )
    }
}
