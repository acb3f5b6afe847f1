//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerDynamoDB
package import LambdaRuntime
import Logging
import LoopbackHTTP

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// The executable: a Lambda extension where there is Lambda, and a server of its own elsewhere.
package struct SidecarProcess: Sendable {
    private let environment: Environment
    private let program: String
    private let logger: Logger

    package init(_ environment: Environment, program: String) {
        self.environment = environment
        self.program = program
        let settings = Result { try RuntimeSettings(environment) }
        let runtime = try? settings.get()
        let handler = LambdaLogHandler(label: "circuit-breaker-extension", format: runtime?.logFormat ?? .text, logLevel: runtime?.logLevel ?? .info)
        logger = Logger(label: "circuit-breaker-extension") { _ in handler }
        if case .failure(let error) = settings { logger.error("\(error)") }
    }

    package func runForever() -> Never {
        // Taken by the main thread below, and by no other.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        // Without table, region or credentials calls are allowed; that is no reason to end.
        let settings = SidecarSettings(environment)
        for fault in settings.faults { logger.error("\(fault)") }
        let sidecar = makeSidecar(settings)
        Task.detached { await self.run(sidecar, settings) }
        var signal: CInt = 0
        while true {
            guard sigwait(&signals, &signal) == 0 else { continue }
            // Lambda says by an event when the environment ends, and would take an exit before it for a crash.
            if environment["AWS_LAMBDA_RUNTIME_API"] == nil { exit(EXIT_SUCCESS) }
        }
    }

    private func makeSidecar(_ settings: SidecarSettings) -> Sidecar {
        let variables = ProcessEnvironment { environment[$0] }
        let store = DynamoDBStore(environment: variables, logger: logger)
        var fault = environment["CIRCUITBREAKER_TABLE"] == nil ? "no table: set CIRCUITBREAKER_TABLE" : nil
        if fault == nil {
            do throws(StoreError) {
                _ = try StoreSettings(table: nil, region: nil, endpoint: nil, environment: variables)
            } catch {
                fault = error.message
            }
        }
        do throws(ConfigurationError) {
            return try Sidecar(settings, store: store, fault: fault, logger: logger)
        } catch {
            // Its settings have been checked one by one.
            fatalError("\(error)")
        }
    }

    private func run(_ sidecar: Sidecar, _ settings: SidecarSettings) async {
        let life: LambdaExtension?
        do {
            life = try LambdaExtension(environment, program: program, logger: logger)
        } catch {
            logger.error("\(error)")
            life = nil
        }
        var place: String?
        do {
            place = "http://127.0.0.1:\(try await SidecarServer.start(sidecar, port: settings.port).port)"
        } catch {
            logger.critical("cannot listen on 127.0.0.1:\(settings.port): \(RuntimeFailure.reason(error)); CIRCUITBREAKER_PORT chooses another port")
            if life == nil { exit(EXIT_FAILURE) }
        }
        guard let life else {
            logger.info("listening on \(place ?? "")")
            await sidecar.prepare()
            return
        }
        guard let identifier = try? await life.register() else { return }
        // From here on Lambda starts the runtime.
        logger.debug("registered; listening on \(place ?? "nothing")")
        await sidecar.prepare()
        guard let shutdown = try? await life.shutdown(identifier) else { return }
        if shutdown.isTimeout { await recordDeaths(sidecar, until: shutdown.deadlineMilliseconds) }
        sidecar.metricLines?.lookAtAll()
        exit(EXIT_SUCCESS)
    }

    // The calls that were under way when the function ran into its time limit have failed, and no one else is left to record it.
    private func recordDeaths(_ sidecar: Sidecar, until deadline: Int64) async {
        let left = deadline - Int64(LambdaClock().now.millisecondsSinceEpoch()) - 100
        let count = sidecar.openPermitCount
        guard count > 0, left > 0 else { return }
        await withTaskGroup { group in
            group.addTask {
                _ = await sidecar.finishAll(.failure(retryAfter: nil))
                // A call does not wait for a slow report, but the process must.
                while sidecar.registry.looksUnderWay > 0 { try? await Task.sleep(for: .milliseconds(5)) }
            }
            group.addTask { try? await Task.sleep(for: .milliseconds(min(left, 2000))) }
            await group.next()
            logger.info("the function timed out; its open calls count as failed", metadata: ["calls": "\(count)"])
            sidecar.metricLines?.lookAtAll()
            // Whatever has not been written by now goes down with the process.
            exit(EXIT_SUCCESS)
        }
    }
}
