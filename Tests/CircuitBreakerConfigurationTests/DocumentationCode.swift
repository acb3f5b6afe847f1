//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerConfiguration
import Configuration
import ServiceLifecycle

// The code of the article *Servers*, which `scripts/check-code` compares with it.

func readSettings() throws -> CircuitBreaker.Configuration {
    let reader = ConfigReader(provider: EnvironmentVariablesProvider())
    let configuration = try CircuitBreaker.Configuration(reader: reader.scoped(to: "circuitbreaker"))
    return configuration
}

func followSettings(_ breaker: CircuitBreaker, _ reader: ConfigReader) async throws {
    try await breaker.follow(reader.scoped(to: "circuitbreaker"))
}

func followSettings(_ circuits: CircuitBreakerRegistry, _ reader: ConfigReader) async throws {
    try await circuits.follow(reader.scoped(to: "circuitbreaker"), keys: ["bank"])
}

struct SettingsService: Service {
    let breaker: CircuitBreaker
    let reader: ConfigReader

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await breaker.follow(reader)
        }
    }
}
