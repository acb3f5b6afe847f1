//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker.Configuration {
    /// Reads the settings from environment variables: those of circuitbreaker-lambda by its names, and the others by names of the same kind.
    ///
    /// <doc:Settings> lists all of them. Several breakers in one process each have a prefix: with the prefix `PAYMENTS`, the variable
    /// `CIRCUITBREAKER_PAYMENTS_TIMEOUT_MS` wins over `CIRCUITBREAKER_TIMEOUT_MS`, which holds for all.
    /// - Parameters:
    ///   - variables: the variables, as `ProcessInfo.processInfo.environment` has them.
    ///   - prefix: what the names have behind `CIRCUITBREAKER_`; nil: only the variables without a prefix count.
    ///   - base: what holds where a variable is missing or empty.
    /// - Throws: ``ConfigurationError`` that names the variable whose value cannot be used.
    public init(variables: [String: String], prefix: String? = nil, base: Self = .init()) throws(ConfigurationError) {
        self = base
        var ways = [GivenSettings(variables: variables, of: Self.self)]
        if let prefix {
            try Self.check(prefix: prefix)
            ways.append(GivenSettings(variables: variables, prefix: prefix, of: Self.self))
        }
        try take(ways)
    }

    // A prefix must not make one variable's name mean two settings.
    private static func check(prefix: String) throws(ConfigurationError) {
        let isName = prefix.utf8.allSatisfy {
            ("A"..."Z").contains(Character(Unicode.Scalar($0))) || ("0"..."9").contains(Character(Unicode.Scalar($0))) || $0 == UInt8(ascii: "_")
        }
        guard isName, (1...64).contains(prefix.utf8.count), prefix.first != "_", prefix.last != "_" else {
            let allowed = "1 to 64 of the characters A-Z 0-9 _, as PAYMENTS, with no _ at either end"
            throw ConfigurationError(setting: "prefix", value: "\"\(prefix.prefix(80))\"", allowed: allowed)
        }
        let names = Set(settings.map(\.name))
        let parts = prefix.split(separator: "_", omittingEmptySubsequences: false)
        for start in parts.indices {
            let end = parts[start...].joined(separator: "_")
            guard let name = settings.lazy.map({ "\(end)_\($0.name)" }).first(where: names.contains) else { continue }
            throw ConfigurationError(setting: "prefix", value: "\"\(prefix)\"", allowed: "another, since \(name) is a setting of its own")
        }
    }
}
