//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import SafeText

/// The shared config and credentials files.
struct Profiles: Sendable {
    private let profiles: [String: ProfileFile.Section]
    private let services: [String: ProfileFile.Section]
    private let credentials: ProfileFile?
    /// Where the files are, whether or not they are there.
    private let paths: String
    /// The name in AWS_PROFILE.
    private let asked: String?

    /// Reads the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name, or those in ~/.aws.
    ///
    /// - Parameter environment: Names the files.
    /// - Throws: ``AWSError`` with code `configuration` when a file makes no sense.
    init(environment: ProcessEnvironment) throws(AWSError) {
        let configPath = Self.path("AWS_CONFIG_FILE", "config", environment)
        let credentialsPath = Self.path("AWS_SHARED_CREDENTIALS_FILE", "credentials", environment)
        let config = try Self.read(configPath)
        var profiles = config?.named("profile") ?? [:]
        // Of `default` and `profile default` the later counts.
        let last = config?.sections.last { $0.name == "default" || $0.name.hasPrefix("profile") && ShellWords.split($0.name)?.last == "default" }
        if last?.name == "default" { profiles["default"] = last?.values }
        self.profiles = profiles
        services = config?.named("services") ?? [:]
        credentials = try Self.read(credentialsPath)
        paths = [configPath, credentialsPath].compactMap { $0 }.joined(separator: " nor in ")
        asked = environment["AWS_PROFILE"]
    }

    /// The profile with a name; nil when it is in neither file.
    subscript(name: String) -> Profile? {
        let config = profiles[name]
        let credentials = self.credentials?[name]
        guard config != nil || credentials != nil else { return nil }
        let services = (credentials?["services"] ?? config?["services"]).flatMap { self.services[$0] }
        return Profile(name: name, config: config ?? [:], credentials: credentials ?? [:], services: services ?? [:])
    }

    /// The profile that AWS_PROFILE names, or `default`; nil when none was asked for and there is no `default`.
    ///
    /// - Returns: The profile.
    /// - Throws: ``AWSError`` with code `configuration` when AWS_PROFILE names a profile that is in neither file.
    func chosen() throws(AWSError) -> Profile? {
        if let profile = self[self.asked ?? "default"] { return profile }
        guard let asked else { return nil }
        throw AWSError(.configuration, "AWS_PROFILE is '\(asked.printable)', but there is no such profile in \(paths)")
    }

    private static func path(_ variable: String, _ file: String, _ environment: ProcessEnvironment) -> String? {
        guard let path = environment[variable] else { return environment["HOME"].map { "\($0)/.aws/\(file)" } }
        guard path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
        return home + path.dropFirst()
    }

    private static func read(_ path: String?) throws(AWSError) -> ProfileFile? {
        guard let path else { return nil }
        switch File.read(path) {
        case .success(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else { throw AWSError(.configuration, "\(path) is not UTF-8 text") }
            return try ProfileFile(text, path: path)
        // As the AWS CLI does: a file that cannot be read counts as missing.
        case .failure(.unreadable): return nil
        case .failure(.tooLarge): throw AWSError(.configuration, "\(path) is larger than \(File.maximumSize) bytes")
        }
    }
}
