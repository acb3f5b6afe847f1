//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitStream
import LambdaRuntime
import Logging

// Puts changes of circuits' states and orders on an EventBridge bus, as the table's stream has them; and does what the stack's rules ask for: pauses queues, and gives the orders of alarms.
@main
struct CircuitEvents {
    static func main() {
        runtime.runForever()
    }

    private struct Handlers: Sendable {
        let stream: StreamHandler
        let pause: PauseHandler
        let order: OrderHandler

        init(logger: Logger) throws(AWSError) {
            let bus = try EventBus(environment: .current, logger: logger)
            let mappings = try MappingAPI(environment: .current, logger: logger)
            let store = DynamoDBStore(logger: logger)
            stream = StreamHandler(put: { batch async throws(AWSError) in try await bus.put(batch) })
            pause = PauseHandler(
                read: { circuit async throws(StoreError) in try await store.read(circuit, consistent: true) },
                describe: { id async throws(AWSError) in try await mappings.describe(id) },
                set: { id, isEnabled, concurrency async throws(AWSError) in
                    try await mappings.set(id, isEnabled: isEnabled, concurrency: concurrency)
                }
            )
            order = OrderHandler(store: store)
        }
    }

    private static var runtime: LambdaRuntime {
        LambdaRuntime(
            initialize: { logger in try Handlers(logger: logger) },
            decode: { try FunctionEvent(parsing: $0) },
            encode: { (answer: JSON) in answer.bytes },
            body: { (event: FunctionEvent, context, handlers) in
                switch event {
                case .writes(let writes):
                    await handlers.stream.handle(writes, remaining: { context.getRemainingTime() }, logger: context.logger)
                case .pause(let pause): try await handlers.pause.handle(pause, clock: { WallClock().now }, logger: context.logger)
                case .order(let order): try await handlers.order.handle(order, clock: WallClock(), logger: context.logger)
                }
            }
        )
    }
}
