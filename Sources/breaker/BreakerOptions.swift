//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import UnreliableService

// Every setting of a breaker. What is not given stays as the environment's variables have it.
typealias BreakerOptions = SettingOptions<BreakerSource>

enum BreakerSource: OptionSource {
    static func note(on setting: Setting<CircuitBreaker.Configuration>) -> String {
        setting.note(default: ServiceSettings.pattern)
    }
}
