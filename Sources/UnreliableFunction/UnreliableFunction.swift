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

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// The function of the pattern on Lambda.
@main
struct UnreliableFunction {
    // Not async: that would end the main thread, and in a static executable this takes longer than all the rest of the start.
    static func main() {
        Task.detached {
            // Returns only by ending the process.
            try await runtime.run()
        }
        while true { pause() }
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
