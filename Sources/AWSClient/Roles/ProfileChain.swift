//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import SafeText

/// Follows a profile to its credentials, by way of the profiles whose credentials assume its roles.
struct ProfileChain: Sendable {
    let profiles: Profiles
    let environment: ProcessEnvironment
    let now: Int64

    /// The credentials of a profile.
    ///
    /// - Parameters:
    ///   - profile: The profile.
    ///   - method: How it gets them.
    ///   - names: The profiles on the way here.
    /// - Returns: The credentials; nil when the profile has none of its own.
    /// - Throws: ``AWSError`` that names what failed, or the profiles that go in a circle.
    func credentials(of profile: Profile, by method: ProfileMethod, after names: [String] = []) async throws(AWSError) -> Credentials? {
        switch method {
        case .none: return nil
        case .keys(let keys): return keys
        case .process(let command): return try await CredentialProcess.run(command)
        case .webIdentity(let identity): return try await self.service.assume(identity.role, byToken: identity.token())
        case .role(let role, let source):
            return try await self.service.assume(role, by: self.credentials(from: source, for: profile, after: names + [profile.name]))
        }
    }

    private var service: SecurityTokenService { SecurityTokenService(environment: self.environment, now: self.now) }

    private func credentials(from source: RoleSource, for profile: Profile, after names: [String]) async throws(AWSError) -> Credentials {
        let credentials: Credentials?
        switch source {
        case .environment: credentials = try EnvironmentCredentials(environment: self.environment).load(now: self.now)
        case .container: credentials = try await ContainerCredentials(environment: self.environment).load(now: self.now)
        case .instance: credentials = try await InstanceCredentials(environment: self.environment).load(now: self.now)
        case .profile(let name): credentials = try await self.credentials(ofSource: name, for: profile, after: names)
        }
        guard let credentials else {
            let key = if case .profile(let name) = source { "source_profile '\(name.printable)'" } else { "credential_source" }
            throw AWSError(.credentials, "the \(key) of profile '\(profile.name.printable)' has no credentials to assume its role with")
        }
        return credentials
    }

    private func credentials(ofSource name: String, for profile: Profile, after names: [String]) async throws(AWSError) -> Credentials? {
        guard let source = profiles[name] else {
            throw AWSError(
                .credentials,
                "profile '\(profile.name.printable)' has the source_profile '\(name.printable)', but there is no such profile"
            )
        }
        let method = try ProfileMethod(source, isSource: true)
        if case .role = method, names.contains(name) {
            let circle = (names + [name]).map(\.printable).joined(separator: " → ")
            throw AWSError(.credentials, "the source_profile keys go in a circle: \(circle); one of these profiles needs credentials of its own")
        }
        return try await self.credentials(of: source, by: method, after: names)
    }
}
