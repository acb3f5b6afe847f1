//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import SafeText

/// Whose credentials a role is assumed with.
enum RoleSource: Sendable, Hashable {
    case profile(String)
    case environment
    case container
    case instance

    /// What a profile's `source_profile` or `credential_source` says.
    init(_ profile: Profile) throws(AWSError) {
        let name = "profile '\(profile.name.printable)'"
        switch (profile["source_profile"], profile["credential_source"]) {
        case (let source?, nil): self = .profile(source)
        case (nil, "Environment"): self = .environment
        case (nil, "EcsContainer"): self = .container
        case (nil, "Ec2InstanceMetadata"): self = .instance
        case (nil, let source?):
            let values = "Environment, EcsContainer or Ec2InstanceMetadata"
            throw AWSError(.credentials, "credential_source of \(name) is '\(source.printable)', but must be \(values)")
        case (.some, .some): throw AWSError(.credentials, "\(name) has both source_profile and credential_source; remove one")
        case (nil, nil):
            throw AWSError(
                .credentials,
                "\(name) has role_arn, but neither source_profile nor credential_source; add the one that may assume the role"
            )
        }
    }
}
