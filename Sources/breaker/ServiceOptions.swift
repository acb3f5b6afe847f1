//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker
import UnreliableService

// What the function calls.
struct ServiceOptions: ParsableArguments {
    enum Source: OptionSource {
        static func note(on setting: Setting<ServiceSettings>) -> String {
            setting.note(default: ServiceOptions.base)
        }
    }

    @OptionGroup(title: "THE SERVICE IT CALLS") var service: SettingOptions<Source>

    @Option(help: ArgumentHelp("The circuit's id: up to 256 characters of A-Z a-z 0-9 . _ : - (default: unreliable-service)", valueName: "id"))
    var circuit: String?

    // Nobody identifies themselves to a server on loopback: what a caller sends is meant for the upstream.
    static let base = {
        var settings = ServiceSettings()
        settings.upstreamAuthorization = .pass
        return settings
    }()

    // The variables are the base, the options win.
    func settings(environment: [String: String], breaker: BreakerOptions) throws -> ServiceSettings {
        var settings = try ServiceSettings(variables: environment, service: service.given, breaker: breaker.given, base: Self.base)
        settings.circuit = circuit ?? settings.circuit
        return settings
    }
}
