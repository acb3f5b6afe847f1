//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// The chosen profile, from the shared config and credentials files.
struct Profile: Sendable {
    let name: String
    let config: [String: String]
    let credentials: [String: String]
    private let services: [String: String]

    /// Reads the profile that AWS_PROFILE names, or `default`; nil when none was asked for and there is no `default`.
    ///
    /// - Parameter environment: Names the profile and the files.
    /// - Throws: ``AWSError`` with code `configuration` when AWS_PROFILE names a profile that is in neither file.
    init?(environment: ProcessEnvironment) throws(AWSError) {
        let configPath = Self.path("AWS_CONFIG_FILE", "config", environment)
        let credentialsPath = Self.path("AWS_SHARED_CREDENTIALS_FILE", "credentials", environment)
        let configFile = Self.read(configPath)
        let name = environment["AWS_PROFILE"] ?? "default"
        let config = configFile["profile \(name)"] ?? (name == "default" ? configFile["default"] : nil)
        let credentials = Self.read(credentialsPath)[name]
        guard config != nil || credentials != nil else {
            guard environment["AWS_PROFILE"] != nil else { return nil }
            let files = [configPath, credentialsPath].compactMap { $0 }.joined(separator: " nor in ")
            throw AWSError(.configuration, "AWS_PROFILE is '\(name)', but there is no such profile in \(files)")
        }
        self.name = name
        self.config = config ?? [:]
        self.credentials = credentials ?? [:]
        self.services = config?["services"].flatMap { configFile["services \($0)"] } ?? [:]
    }

    /// The value of a key, of the credentials file first.
    subscript(key: String) -> String? {
        guard let value = self.credentials[key] ?? self.config[key], !value.isEmpty else { return nil }
        return value
    }

    /// The endpoint that the profile sets for a service, or for all.
    func endpointURL(service: String) -> String? {
        guard self["ignore_configured_endpoint_urls"]?.lowercased() != "true" else { return nil }
        return self.services["\(service).endpoint_url"] ?? self["endpoint_url"]
    }

    private static func path(_ variable: String, _ file: String, _ environment: ProcessEnvironment) -> String? {
        guard let path = environment[variable] else { return environment["HOME"].map { "\($0)/.aws/\(file)" } }
        guard path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
        return home + path.dropFirst()
    }

    private static func read(_ path: String?) -> ProfileFile {
        ProfileFile(path.flatMap { File.read($0) }.map { String(decoding: $0, as: UTF8.self) } ?? "")
    }
}
