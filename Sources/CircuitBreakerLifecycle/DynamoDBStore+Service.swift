//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// With the package trait DynamoDB. It stands here, so that a function that needs the store alone links no services.
#if DynamoDB
    public import CircuitBreakerDynamoDB
    public import ServiceLifecycle

    extension DynamoDBStore: Service {
        /// Prepares, waits for the shutdown, and closes all connections.
        ///
        /// In a group it stands before the service of its breakers, so that these can report after all else has stopped.
        /// A table that cannot be read is logged and ends nothing: calls go on, as the breakers' `onStoreLoss` says.
        public func run() async throws {
            await serve(self, logger: logger, shutdown: shutdown)
        }
    }
#endif
