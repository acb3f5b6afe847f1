//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import SafeText

/// How a profile gets its credentials.
enum ProfileMethod: Sendable {
    case role(AssumedRole, from: RoleSource)
    case webIdentity(WebIdentity)
    case keys(Credentials)
    case process(String)
    /// Not at all: it only says where and how services are reached.
    case none

    /// Decides as botocore does, and refuses what it would decide in a way that this library has not.
    ///
    /// - Parameters:
    ///   - profile: The profile.
    ///   - isSource: Whether it gives credentials to assume another's role with; its own keys then count before its own role.
    /// - Throws: ``AWSError`` with code `credentials` that names the profile and the key.
    init(_ profile: Profile, isSource: Bool) throws(AWSError) {
        try Self.refuseUnknown(profile)
        let hasKeys = profile.has("aws_access_key_id") || profile.has("aws_secret_access_key")
        if profile.has("web_identity_token_file") {
            self = .webIdentity(try Self.webIdentity(profile))
        } else if profile.has("role_arn"), !isSource || !hasKeys {
            self = .role(try Self.role(profile), from: try RoleSource(profile))
        } else if let keys = try Self.keys(in: profile.credentials, of: profile) {
            self = .keys(keys)
        } else if let command = profile["credential_process"] {
            self = .process(command)
        } else if let keys = try Self.keys(in: profile.config, of: profile) {
            self = .keys(keys)
        } else {
            self = .none
        }
    }

    private static func refuseUnknown(_ profile: Profile) throws(AWSError) {
        guard let key = profile.keys.sorted().first(where: { $0.hasPrefix("sso_") || $0 == "login_session" }) else { return }
        let isPlain = profile.name.utf8.allSatisfy { $0 < 0x80 && (Character(Unicode.Scalar($0)).isLetter || "0123456789-_.".utf8.contains($0)) }
        let command = "aws configure export-credentials --profile \(isPlain ? profile.name : "NAME")"
        throw AWSError(
            .credentials,
            "profile '\(profile.name.printable)' gets its credentials by \(key), which is not supported; "
                + "choose another profile, which has credential_process = \(command) (that needs version 2 of the AWS CLI)"
        )
    }

    private static func role(_ profile: Profile) throws(AWSError) -> AssumedRole {
        guard !profile.has("mfa_serial") else {
            throw AWSError(
                .credentials,
                "profile '\(profile.name.printable)' wants a code of the device in mfa_serial, for which this process cannot ask; "
                    + "choose a profile without, or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to those of a session"
            )
        }
        return try AssumedRole(profile)
    }

    private static func webIdentity(_ profile: Profile) throws(AWSError) -> WebIdentity {
        let name = "profile '\(profile.name.printable)'"
        if let key = ["source_profile", "credential_source", "external_id", "mfa_serial"].first(where: { profile.has($0) }) {
            throw AWSError(.credentials, "\(name) has both web_identity_token_file and \(key), which do not go together; remove one")
        }
        guard let file = profile["web_identity_token_file"], profile.has("role_arn") else {
            throw AWSError(.credentials, "\(name) has only one of web_identity_token_file and role_arn; give both")
        }
        return WebIdentity(role: try AssumedRole(profile), tokenFile: file, origin: "web_identity_token_file of \(name)")
    }

    private static func keys(in section: ProfileFile.Section, of profile: Profile) throws(AWSError) -> Credentials? {
        switch (section["aws_access_key_id"], section["aws_secret_access_key"]) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            let credentials = Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: section["aws_session_token"])
            guard credentials.areWellFormed else {
                throw AWSError(.credentials, "the keys of profile '\(profile.name.printable)' are not well formed")
            }
            return credentials
        default:
            throw AWSError(.credentials, "profile '\(profile.name.printable)' has only one of aws_access_key_id and aws_secret_access_key; give both")
        }
    }
}
