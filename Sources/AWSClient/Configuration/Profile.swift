//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// A profile of the shared config and credentials files.
struct Profile: Sendable {
    let name: String
    /// Its keys in the config file.
    let config: ProfileFile.Section
    /// Its keys in the credentials file, which count where both files have one.
    let credentials: ProfileFile.Section
    /// The section that its key `services` names.
    let services: ProfileFile.Section

    /// The value of a key; nil when it is not there or empty.
    subscript(key: String) -> String? {
        guard let value = credentials[key] ?? config[key], !value.isEmpty else { return nil }
        return value
    }

    /// Whether a key is there, if only to say nothing.
    func has(_ key: String) -> Bool { credentials[key] != nil || config[key] != nil }

    /// The names of all its keys.
    var keys: Set<String> { Set(credentials.keys).union(config.keys) }

    /// The endpoint that the profile sets for a service, or for all.
    func endpointURL(service: String) -> String? {
        guard self["ignore_configured_endpoint_urls"]?.lowercased() != "true" else { return nil }
        return services[service].flatMap { ProfileFile.nested(in: $0)["endpoint_url"] } ?? self["endpoint_url"]
    }
}
