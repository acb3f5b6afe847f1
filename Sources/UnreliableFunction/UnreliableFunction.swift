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
            let environment = ProcessInfo.processInfo.environment
            let service = try await UnreliableService(environment: environment, logger: logger)
            let isOn = try ServiceSettings(variables: environment).circuitMetrics == .emf
            return (service, isOn ? try EmbeddedMetrics(service.breaker, durations: true) : nil)
        } body: { (event: APIGatewayV2Request, context, resources) in
            let (service, metrics) = resources
            let deadline = Timestamp(milliseconds: context.deadlineMilliseconds)
            let request = try ServiceRequest(event)
            let response = await service.handle(request, deadline: deadline, logger: context.logger)
            if let line = metrics?.line() { LambdaLogHandler.standardError(line + "\n") }
            return APIGatewayV2Response(response)
        }
    }
}
