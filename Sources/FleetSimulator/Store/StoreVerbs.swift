//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// What the store does to a record: as the engine itself defines it, unless a test wants to see an invariant broken.
struct StoreVerbs {
    var read: (CircuitRecord?) -> CircuitRecord? = { $0 }
    var report: (inout CircuitRecord, CircuitReport) -> Bool = { $0.apply($1) }
    var change: (inout CircuitRecord, CircuitChange) -> Bool = { $0.apply($1) }
}
