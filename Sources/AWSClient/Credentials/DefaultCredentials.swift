//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// The places where the AWS tools and SDKs look, in their order: keys in the environment, a profile's role, a web identity in the
/// environment, the rest of the profile, container, instance.
public struct DefaultCredentials: CredentialsSource {
    private let environment: ProcessEnvironment

    /// Creates the chain.
    ///
    /// - Parameter environment: The environment variables that configure the sources.
    public init(environment: ProcessEnvironment = .current) {
        self.environment = environment
    }

    /// Asks each source in turn until one has credentials.
    ///
    /// - Parameter now: The time, in milliseconds since 1970.
    /// - Returns: The credentials of the first source that is configured.
    /// - Throws: ``AWSError`` when that source fails, or when none is configured.
    public func load(now: Int64) async throws(AWSError) -> Credentials? {
        if let keys = try EnvironmentCredentials(environment: self.environment).load(now: now) { return keys }
        let profile = try ProfileCredentials(environment: self.environment, now: now)
        if profile.assumesRole { return try await profile.load() }
        var problem: AWSError?
        switch webIdentity() {
        case .success(nil): break
        case .success(let (role, token)?):
            return try await SecurityTokenService(environment: self.environment, now: now).assume(role, byToken: token)
        // Injected where it cannot be used, it leaves the field to what was set up too, but never to the instance's role.
        case .failure(let error): problem = error
        }
        if let credentials = try await profile.load() { return credentials }
        if let credentials = try await ContainerCredentials(environment: self.environment).load(now: now) { return credentials }
        if let problem { throw problem }
        return try await instance(now: now)
    }
    private func webIdentity() -> Result<(AssumedRole, token: String)?, AWSError> {
        do throws(AWSError) {
            guard let identity = try WebIdentity(environment: self.environment) else { return .success(nil) }
            return .success((identity.role, try identity.token()))
        } catch {
            return .failure(error)
        }
    }

    private func instance(now: Int64) async throws(AWSError) -> Credentials {
        var last = "AWS_EC2_METADATA_DISABLED is true"
        do {
            if let credentials = try await InstanceCredentials(environment: self.environment).load(now: now) { return credentials }
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
