//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitStream
import LambdaRuntime

// Puts changes of circuits' states and orders on an EventBridge bus, as the table's stream has them.
@main
struct CircuitEvents {
    static func main() {
        runtime.runForever()
    }

    private static var runtime: LambdaRuntime {
        LambdaRuntime(
            initialize: { logger in
                let bus = try EventBus(environment: .current, logger: logger)
                return StreamHandler(put: { batch async throws(AWSError) in try await bus.put(batch) })
            },
            decode: { try StreamEvent(parsing: $0) },
            encode: { (answer: JSON) in answer.bytes },
            body: { (event: StreamEvent, context, handler) in
                await handler.handle(event, remaining: { context.getRemainingTime() }, logger: context.logger)
            }
        )
    }
}
