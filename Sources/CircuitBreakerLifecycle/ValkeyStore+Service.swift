//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// With the package trait Valkey. It stands here, so that whoever needs the store alone links no services.
#if Valkey
    public import CircuitBreakerValkey
    public import ServiceLifecycle

    extension ValkeyStore: Service {
        /// Prepares, waits for the shutdown, and closes the connection.
        ///
        /// In a group it stands before the service of its breakers, so that these can report after all else has stopped.
        /// A server that cannot be reached is logged and ends nothing: calls go on, as the breakers' `onStoreLoss` says.
        public func run() async throws {
            await serve(self, logger: logger, shutdown: shutdown)
        }
    }
#endif
