//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
#if DynamoDB || Valkey
    import CircuitBreaker
    import Logging
    import ServiceLifecycle

    // What every store does as a service: it prepares, waits for the shutdown, and closes its connections.
    func serve(_ store: some CircuitStore, logger: Logger, shutdown: () async -> Void) async {
        do {
            try await store.prepare()
        } catch {
            logger.error("CircuitBreaker store: not ready", metadata: ["error": "\(error)"])
        }
        try? await gracefulShutdown()
        await shutdown()
    }
#endif
