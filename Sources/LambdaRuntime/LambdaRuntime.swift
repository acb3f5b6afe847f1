//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

public import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs a handler for each invocation that Lambda sends, or that is posted to the local server when not on Lambda.
public struct LambdaRuntime: Sendable {
    typealias Handler = @Sendable (_ payload: [UInt8], _ context: LambdaContext) async throws -> [UInt8]

    private let makeHandler: @Sendable (Logger) async throws -> Handler

    /// Creates a runtime whose events and answers are any bytes.
    ///
    /// - Parameters:
    ///   - initialize: Makes what the handler needs, once, in the init phase. If it throws, the error is reported to Lambda and the process ends.
    ///   - decode: Makes an event of the payload. If it throws, the invocation fails as a malformed event.
    ///   - encode: Makes the payload of the answer.
    ///   - body: Handles one event. Invocations overlap only where Lambda is set to send several at once.
    public init<Event, Output, Resources: Sendable>(
        initialize: @escaping @Sendable (Logger) async throws -> Resources,
        decode: @escaping @Sendable ([UInt8]) throws -> Event,
        encode: @escaping @Sendable (Output) throws -> [UInt8],
        body: @escaping @Sendable (Event, LambdaContext, Resources) async throws -> Output
    ) {
        makeHandler = { logger in
            let resources = try await initialize(logger)
            return { payload, context in
                let event: Event
                do {
                    event = try decode(payload)
                } catch {
                    throw MalformedEvent(Event.self, error)
                }
                return try encode(try await body(event, context, resources))
            }
        }
    }

    /// Serves invocations for as long as the process lives.
    ///
    /// What cannot be survived (a failed init phase, the loss of the Runtime API, a setting that does not parse) ends the process with
    /// status 1 and one line on standard error that says why.
    ///
    /// - Throws: `CancellationError` if the task is cancelled.
    public func run() async throws {
        do {
            try await self.serve(in: .process, sink: LambdaLogHandler.standardError)
        } catch let error as CancellationError {
            throw error
        } catch {
            let format = (try? RuntimeSettings(.process))?.logFormat ?? .text
            let handler = LambdaLogHandler(label: "LambdaRuntime", format: format)
            Logger(label: "LambdaRuntime") { _ in handler }.critical("\(error)")
            exit(EXIT_FAILURE)
        }
    }

    func serve(in environment: Environment, sink: @escaping LambdaLogHandler.Sink) async throws {
        let address = try RuntimeAPIAddress(environment)
        let settings: RuntimeSettings
        let loop: InvocationLoop
        do {
            settings = try RuntimeSettings(environment)
            loop = try await makeLoop(settings, sink: sink)
        } catch {
            try Task.checkCancellation()
            let report = ErrorReport(error)
            // If the report does not get through, the error itself is still what the log must show.
            if let address { try? await RuntimeAPIClient(address).reportInitializationError(report) }
            throw RuntimeFailure.initialization(report.description)
        }
        if let address {
            try await Self.poll(times: settings.maxConcurrency) { try await loop.run(RuntimeAPIClient(address)) }
        } else {
            let server = try await LocalServer.start(settings.localServer)
            loop.logger.info("listening on \(server.url)")
            try await Self.poll(times: settings.maxConcurrency) { try await loop.run(server) }
        }
    }

    private func makeLoop(_ settings: RuntimeSettings, sink: @escaping LambdaLogHandler.Sink) async throws -> InvocationLoop {
        let handler = LambdaLogHandler(label: "Lambda", format: settings.logFormat, logLevel: settings.logLevel, sink: sink)
        let logger = Logger(label: "Lambda") { _ in handler }
        return InvocationLoop(
            handler: try await makeHandler(logger),
            logger: logger,
            exportsTraceID: settings.maxConcurrency == 1
        )
    }

    private static func poll(times count: Int, _ loop: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count { group.addTask { try await loop() } }
            // Loops end by error only, and the first one that ends takes the others with it.
            try await group.next()
        }
    }
}
