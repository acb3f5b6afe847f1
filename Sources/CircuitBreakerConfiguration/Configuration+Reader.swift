//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import Configuration

extension CircuitBreaker.Configuration {
    /// Reads all settings from the providers of swift-configuration.
    ///
    /// ```swift
    /// let reader = ConfigReader(provider: EnvironmentVariablesProvider())
    /// let configuration = try CircuitBreaker.Configuration(reader: reader.scoped(to: "circuitbreaker"))
    /// ```
    /// Each setting's key is its variable's name in camel case: `failureThreshold`, `maxTimeoutMs`. So the environment's provider, scoped to `circuitbreaker`,
    /// reads the variables that `init(variables:prefix:base:)` reads. Several breakers each have a scope of their own, with what holds for all as `base`.
    /// - Parameters:
    ///   - reader: where the settings are, scoped to them.
    ///   - base: what holds where a key is missing or its text is empty.
    /// - Throws: ``ConfigurationError`` that names the key whose value cannot be used.
    public init(reader: ConfigReader, base: Self = .init()) throws(ConfigurationError) {
        try self.init(snapshot: reader.snapshot(), base: base)
    }

    /// Reads all settings from one state of the providers.
    /// - Parameters:
    ///   - snapshot: the state.
    ///   - base: what holds where a key is missing or its text is empty.
    /// - Throws: ``ConfigurationError`` that names the key whose value cannot be used.
    public init(snapshot: ConfigSnapshotReader, base: Self = .init()) throws(ConfigurationError) {
        self = base
        var texts: [String: String] = [:]
        for setting in Self.settings {
            if let text = snapshot.text(of: ConfigKey([setting.key])), !text.isEmpty { texts[setting.name] = text }
        }
        try take([GivenSettings(.key, texts)])
    }
}

extension ConfigSnapshotReader {
    // Whatever the provider's type: an environment has texts only, a file may have a number for the same key, and what is neither must not count as missing.
    fileprivate func text(of key: ConfigKey) -> String? {
        if let text = string(forKey: key) { return text }
        if let number = int(forKey: key) { return "\(number)" }
        if let number = double(forKey: key) { return "\(number)" }
        if let isOn = bool(forKey: key) { return "\(isOn)" }
        if let texts = stringArray(forKey: key) { return "\(texts)" }
        if let numbers = intArray(forKey: key) { return "\(numbers)" }
        if let numbers = doubleArray(forKey: key) { return "\(numbers)" }
        return boolArray(forKey: key).map { "\($0)" }
    }
}
