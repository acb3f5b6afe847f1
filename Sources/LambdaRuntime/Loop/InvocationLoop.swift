//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Takes invocations one after another and hands each to the handler.
struct InvocationLoop: Sendable {
    let handler: LambdaRuntime.Handler
    let logger: Logger
    /// The trace id is a variable of the whole process, so it is exported only where invocations never overlap.
    let exportsTraceID: Bool

    func run(_ source: some InvocationSource) async throws {
        while true {
            let invocation = try await source.next()
            var logger = self.logger
            logger[metadataKey: "requestId"] = "\(invocation.requestID)"
            let result = await handle(invocation, logger)
            do {
                try await invocation.finish(result)
            } catch let failure as RuntimeFailure where failure.concernsOneAnswer {
                logger.error("\(failure)")
            }
        }
    }

    private func handle(_ invocation: Invocation, _ logger: Logger) async -> Result<[UInt8], ErrorReport> {
        if exportsTraceID { Self.export(traceID: invocation.traceID) }
        let context = LambdaContext(
            requestID: invocation.requestID,
            traceID: invocation.traceID,
            invokedFunctionARN: invocation.invokedFunctionARN,
            deadline: invocation.deadline,
            logger: logger
        )
        do {
            return .success(try await handler(invocation.payload, context))
        } catch {
            let report = ErrorReport(error)
            logger.error("the invocation failed", metadata: ["errorType": "\(report.type)", "errorMessage": "\(report.message)"])
            return .failure(report)
        }
    }

    private static func export(traceID: String) {
        let name = "_X_AMZN_TRACE_ID"
        _ = traceID.isEmpty ? unsetenv(name) : setenv(name, traceID, 1)
    }
}
