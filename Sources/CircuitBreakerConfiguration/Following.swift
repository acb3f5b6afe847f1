//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import Configuration
import Logging

extension CircuitBreaker {
    /// Takes the reader's settings, now and each time they change, until the task is cancelled.
    ///
    /// Settings that cannot be used are logged, and the configuration stays as it was. ``CircuitBreaker/update(_:)`` says when what comes into force.
    /// - Parameters:
    ///   - reader: where the settings are, scoped to them.
    ///   - base: what holds where a key is missing or its text is empty.
    /// - Throws: what a provider throws when it cannot be watched.
    public func follow(_ reader: ConfigReader, base: Configuration = .init()) async throws {
        try await reader.watchSnapshot { snapshots in
            for await snapshot in snapshots {
                do {
                    try update(Configuration(snapshot: snapshot, base: base))
                } catch {
                    logger.error("CircuitBreaker configuration: not taken", metadata: ["circuit": "\(id)", "error": "\(error)"])
                }
            }
        }
    }
}

extension CircuitBreakerRegistry {
    /// Takes the reader's settings for all circuits, now and each time they change, until the task is cancelled.
    ///
    /// Settings that cannot be used are logged, and all configurations stay as they were.
    /// - Parameters:
    ///   - reader: where the settings are, scoped to them.
    ///   - keys: circuits whose settings are in a scope of their own, by key; what that scope does not have is as for all.
    ///   - base: what holds where a key is missing or its text is empty.
    /// - Throws: what a provider throws when it cannot be watched.
    public func follow(_ reader: ConfigReader, keys: [String] = [], base: CircuitBreaker.Configuration = .init()) async throws {
        try await reader.watchSnapshot { snapshots in
            for await snapshot in snapshots {
                do throws(ConfigurationError) {
                    let all = try CircuitBreaker.Configuration(snapshot: snapshot, base: base)
                    var exceptions: [String: CircuitBreaker.Configuration] = [:]
                    for key in keys {
                        do throws(ConfigurationError) {
                            exceptions[key] = try CircuitBreaker.Configuration(snapshot: snapshot.scoped(to: ConfigKey([key])), base: all)
                        } catch {
                            throw ConfigurationError(setting: "\(key).\(error.setting)", value: error.value, allowed: error.allowed)
                        }
                    }
                    try update(all, exceptions: exceptions)
                } catch {
                    logger.error("CircuitBreaker configuration: not taken", metadata: ["circuits": "\(name)", "error": "\(error)"])
                }
            }
        }
    }
}
