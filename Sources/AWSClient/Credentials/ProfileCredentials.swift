//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Credentials of the chosen profile in the shared credentials and config files.
struct ProfileCredentials: CredentialsSource {
    let environment: ProcessEnvironment

    func load(now: Int64) async throws(AWSError) -> Credentials? {
        guard let profile = try Profile(environment: self.environment) else { return nil }
        if let credentials = try self.keys(in: profile.credentials, of: profile) { return credentials }
        if let command = profile["credential_process"] { return try await CredentialProcess.run(command) }
        if let credentials = try self.keys(in: profile.config, of: profile) { return credentials }
        if let key = ["role_arn", "sso_session", "sso_start_url", "web_identity_token_file"].first(where: { profile[$0] != nil }) {
            throw AWSError(
                .credentials,
                "profile '\(profile.name)' gets its credentials by \(key), which is not supported; "
                    + "use credential_process = aws configure export-credentials --profile \(profile.name)"
            )
        }
        return nil
    }

    private func keys(in section: [String: String], of profile: Profile) throws(AWSError) -> Credentials? {
        switch (section["aws_access_key_id"], section["aws_secret_access_key"]) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            let credentials = Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: section["aws_session_token"])
            guard credentials.areWellFormed else { throw AWSError(.credentials, "the keys of profile '\(profile.name)' are not well formed") }
            return credentials
        default:
            throw AWSError(.credentials, "profile '\(profile.name)' has only one of aws_access_key_id and aws_secret_access_key; give both")
        }
    }
}
