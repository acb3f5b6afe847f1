//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

#if !Valkey
    #error("CircuitBreakerValkey needs its package trait: add traits: [\"Valkey\"] to the dependency on swift-circuit-breaker")
#endif
