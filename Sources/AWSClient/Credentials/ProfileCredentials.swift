//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Credentials of the chosen profile in the shared credentials and config files.
struct ProfileCredentials: Sendable {
    private let chain: ProfileChain
    private let chosen: (profile: Profile, method: ProfileMethod)?

    /// Reads the files, and decides how the chosen profile gets its credentials.
    ///
    /// - Throws: ``AWSError`` when a file or the profile is not understood.
    init(environment: ProcessEnvironment, now: Int64) throws(AWSError) {
        let profiles = try Profiles(environment: environment)
        chain = ProfileChain(profiles: profiles, environment: environment, now: now)
        let profile = try profiles.chosen()
        chosen = try profile.map { (profile) throws(AWSError) in (profile, try ProfileMethod(profile, isSource: false)) }
    }

    /// Whether it assumes a role with the credentials of somebody else.
    var assumesRole: Bool {
        if case .role? = chosen?.method { true } else { false }
    }

    func load() async throws(AWSError) -> Credentials? {
        guard let chosen else { return nil }
        return try await chain.credentials(of: chosen.profile, by: chosen.method)
    }
}
