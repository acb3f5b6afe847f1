//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LambdaRuntime
import UnreliableService

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// The function of the pattern on Lambda.
@main
struct UnreliableFunction {
    static func main() {
        runtime.runForever()
    }

    private static var runtime: LambdaRuntime {
        LambdaRuntime { logger in
            try await UnreliableService(environment: ProcessInfo.processInfo.environment, logger: logger)
        } body: { (event: APIGatewayV2Request, context, service) in
            let deadline = Timestamp(milliseconds: context.deadlineMilliseconds)
            return APIGatewayV2Response(await service.handle(try ServiceRequest(event), deadline: deadline, logger: context.logger))
        }
    }
}
