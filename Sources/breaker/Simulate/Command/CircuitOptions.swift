//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import FleetSimulator

// Every setting of the circuits. What is not given stays as the preset has it.
typealias CircuitOptions = SettingOptions<CircuitSource>

enum CircuitSource: OptionSource {
    static func note(on setting: Setting<CircuitBreaker.Configuration>) -> String { "" }
}

extension SettingOptions<CircuitSource> {
    func apply(to circuit: inout CircuitSettings) throws {
        try circuit.configuration.take([given])
    }
}
