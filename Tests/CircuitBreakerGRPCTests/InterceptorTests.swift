//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerGRPC
import CircuitBreakerTesting
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Logging
import Testing

@Suite(.timeLimit(.minutes(5)))
struct InterceptorTests {
    private let clock = ManualClock()
    private let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    // A bare count: a success that is drawn as a sample stands for many.
    private func configuration(_ failures: Int = 3) -> CircuitBreaker.Configuration {
        var configuration = CircuitBreaker.Configuration(policy: .failures(failures, within: .seconds(60), share: 0))
        configuration.minimumBudget = .milliseconds(1)
        return configuration
    }

    private func breaker(_ failures: Int = 3) throws -> CircuitBreaker {
        try CircuitBreaker("shop", configuration: configuration(failures), clock: clock, logger: logger)
    }

    // What nobody waits for is counted in its own time.
    private func until(_ isTrue: () -> Bool) async {
        while !isTrue() { try? await Task.sleep(for: .milliseconds(1)) }
    }

    @Test
    func `A service that fails is left alone, for as long as it asked, and comes back by a probe`() async throws {
        let breaker = try breaker()
        try await withShop(CircuitBreakerInterceptor(breaker)) { client, _ in
            #expect(try await client.ask("ok") == "one")
            for _ in 0..<2 { #expect(await client.failure("14")?.code == .unavailable) }
            #expect(await client.failure("14,20000")?.message == "as ordered")
            #expect(breaker.view.state == .open)
            let rejected = try #require(await client.failure("ok"))
            #expect(rejected.code == .unavailable)
            #expect(rejected.cause is Rejection)
            #expect(Array(rejected.metadata[stringValues: "grpc-retry-pushback-ms"]) == ["20000"])
            #expect((breaker.counts.failed, breaker.counts.rejected) == (3, 1))
            clock.advance(by: .seconds(20))
            for _ in 0..<2 { #expect(try await client.ask("ok") == "one") }
            #expect(breaker.view.state == .closed)
        }
    }

    @Test(arguments: 1...16)
    func `Codes that say that the service is unwell count, others do not`(code: Int) async throws {
        let breaker = try breaker(1)
        try await withShop(CircuitBreakerInterceptor(breaker)) { client, _ in
            #expect(await client.failure("\(code)")?.code.rawValue == code)
        }
        let failures = [2, 4, 8, 13, 14, 15]
        #expect(breaker.counts.failed == (failures.contains(code) ? 1 : 0))
        #expect(breaker.counts.returnedUnused == (code == 1 ? 1 : 0))
        #expect(breaker.counts.ended == 1)
    }

    @Test
    func `Another judgement of codes can be given`() async throws {
        let breaker = try breaker(1)
        let interceptor = CircuitBreakerInterceptor(breaker, judging: { $0.code == .notFound ? .failure() : .ignored })
        try await withShop(interceptor) { client, _ in
            _ = await client.failure("14")
            #expect(breaker.counts.failed == 0)
            _ = await client.failure("5")
            #expect(breaker.view.state == .open)
        }
    }

    @Test
    func `Each service has its circuit, or each method`() async throws {
        let services = try CircuitBreakerRegistry(prefix: "grpc:", configuration: configuration(1), clock: clock, logger: logger)
        try await withShop(CircuitBreakerInterceptor(services)) { client, _ in
            _ = await client.failure("14", of: Shop.mail)
            #expect(await client.failure("ok", of: Shop.mail)?.cause is Rejection)
            let answer = try await client.ask("ok")
            #expect(answer == "one")
        }
        #expect(try services.breaker(for: "shop.Mail").id == "grpc:shop.Mail")
        #expect(try services.breaker(for: "shop.Mail").view.state == .open)
        let methods = try CircuitBreakerRegistry(configuration: configuration(1), clock: clock, logger: logger)
        try await withShop(CircuitBreakerInterceptor(methods, by: CircuitBreakerInterceptor.byMethod)) { client, _ in
            _ = await client.failure("14")
            let answer = try await client.watch("many", all)
            #expect(answer == ["one", "two"])
        }
        #expect(try methods.breaker(for: "shop.Payments:Quote").view.state == .open)
    }

    @Test
    func `A name that makes no circuit is an error, and no crash`() async throws {
        let circuits = try CircuitBreakerRegistry(clock: clock, logger: logger)
        try await withShop(CircuitBreakerInterceptor(circuits, by: { _ in "no name" })) { client, _ in
            #expect(await client.failure("ok")?.code == .internalError)
        }
    }

    @Test
    func `A call that hangs until its deadline has failed`() async throws {
        let breaker = try breaker(1)
        try await withShop(CircuitBreakerInterceptor(breaker)) { client, _ in
            let answer = try await client.ask("ok")
            #expect(answer == "one")
            // A machine that is busy may need much of the time before the call begins, which then says nothing.
            while breaker.counts.failed == 0 {
                #expect(await client.failure("hang", timeout: .milliseconds(500))?.code == .deadlineExceeded)
            }
            #expect(await client.failure("ok")?.cause is Rejection)
        }
    }

    @Test
    func `A deadline too short to say anything of the service counts for nothing`() async throws {
        var patient = configuration(1)
        patient.minimumBudget = .seconds(60)
        let breaker = try CircuitBreaker("shop", configuration: patient, clock: clock, logger: logger)
        try await withShop(CircuitBreakerInterceptor(breaker)) { client, _ in
            let answer = try await client.ask("ok")
            #expect(answer == "one")
            while breaker.counts.ended == 1 { _ = await client.failure("hang", timeout: .milliseconds(500)) }
            #expect((breaker.counts.failed, breaker.counts.returnedUnused) == (0, 1))
        }
    }

    @Test
    func `A caller that is cancelled says nothing of the service`() async throws {
        let breaker = try breaker(1)
        try await withShop(CircuitBreakerInterceptor(breaker)) { client, _ in
            let (begun, begin) = AsyncStream.makeStream(of: Void.self)
            let reader = Task {
                _ = try? await client.watch("stuck") { response in
                    var messages: [String] = []
                    for try await message in response.messages {
                        messages.append(message)
                        begin.finish()
                    }
                    return messages
                }
            }
            for await _ in begun {}
            reader.cancel()
            _ = await reader.value
            await until { breaker.counts.ended == 1 }
            #expect(breaker.counts.returnedUnused == 1)
            // Cancelled before it has begun, a call is not counted at all.
            while breaker.counts.returnedUnused < 3 {
                let call = Task { await client.failure("hang", timeout: .seconds(3600)) }
                try await Task.sleep(for: .milliseconds(20))
                call.cancel()
                _ = await call.value
            }
            #expect(breaker.counts.failed == 0)
            #expect(try await client.ask("ok") == "one")
        }
        #expect(breaker.counts.forgottenPermits == 0)
    }

    @Test
    func `A stream that ends well has succeeded, and one that fails in its middle has failed`() async throws {
        let breaker = try breaker(1)
        try await withShop(CircuitBreakerInterceptor(breaker)) { client, _ in
            let answer = try await client.watch("many", all)
            #expect(answer == ["one", "two"])
            #expect(breaker.counts.succeeded == 1)
            await #expect(throws: RPCError.self) { try await client.watch("middle", all) }
            #expect(breaker.counts.failed == 1)
            #expect(breaker.view.state == .open)
        }
    }

    @Test
    func `A stream counts when it is accepted, by choice`() async throws {
        let breaker = try breaker(1)
        let interceptor = CircuitBreakerInterceptor(breaker, success: { $0.type == .serverStreaming ? .whenAccepted : .atEnd })
        try await withShop(interceptor) { client, _ in
            await #expect(throws: RPCError.self) { try await client.watch("middle", all) }
            #expect((breaker.counts.succeeded, breaker.counts.failed) == (1, 0))
            await #expect(throws: RPCError.self) { try await client.ask("middle") }
            #expect(breaker.counts.failed == 1)
        }
    }

    @Test
    func `A stream that nobody reads to its end counts once, as far as it was seen`() async throws {
        let breaker = try breaker(1)
        try await withShop(CircuitBreakerInterceptor(breaker)) { client, _ in
            let first = try await client.watch("stuck") { response in
                for try await message in response.messages { return [message] }
                return []
            }
            #expect(first == ["one"])
            let none = try await client.watch("stuck") { _ in [] }
            #expect(none == [])
            await until { breaker.counts.ended == 2 }
            #expect(breaker.counts.succeeded == 2)
        }
        #expect(breaker.counts.forgottenPermits == 0)
    }

    @Test
    func `A stream that is stuck until its deadline has failed`() async throws {
        let breaker = try breaker(1)
        try await withShop(CircuitBreakerInterceptor(breaker)) { client, _ in
            let answer = try await client.ask("ok")
            #expect(answer == "one")
            while breaker.counts.failed == 0 {
                await #expect(throws: RPCError.self) { try await client.watch("stuck", timeout: .milliseconds(500), all) }
            }
        }
    }

    @Test
    func `A server that dies in the middle of a stream has failed`() async throws {
        let breaker = try breaker(1)
        try await withShop(CircuitBreakerInterceptor(breaker)) { client, kill in
            await #expect(throws: (any Error).self) {
                try await client.watch("stuck") { response in
                    var messages: [String] = []
                    for try await message in response.messages {
                        messages.append(message)
                        if messages.count == 2 { kill() }
                    }
                    return messages
                }
            }
            #expect(breaker.counts.failed == 1)
            #expect(breaker.view.state == .open)
        }
    }

    @Test
    func `Calls for which there is no connection reach no interceptor, but a circuit around them counts them`() async throws {
        let inside = try breaker(1)
        let around = try CircuitBreaker(
            "shop",
            configuration: .init(policy: .failures(2, within: .seconds(60)), judge: { .gRPC($0) }),
            logger: logger
        )
        // Nobody listens on port 1.
        let transport = try HTTP2ClientTransport.Posix(target: .ipv4(address: "127.0.0.1", port: 1), transportSecurity: .plaintext)
        try await withGRPCClient(transport: transport, interceptors: [CircuitBreakerInterceptor(inside)]) { client in
            for _ in 0..<2 {
                let failure = await around.result { try await client.ask("ok") }
                #expect(throws: CallFailure<any Error>.self) { try failure.get() }
            }
            #expect(around.view.state == .open)
            #expect(inside.counts.ended == 0)
        }
    }

    @Test(arguments: [
        (RPCError(code: .notFound, message: "") as any Error, CircuitBreaker.Verdict.success),
        (RPCError(code: .unavailable, message: ""), .failure()),
        (RPCError(code: .unavailable, message: "", metadata: ["grpc-retry-pushback-ms": "250"]), .failure(retryAfter: .milliseconds(250))),
        (RPCError(code: .unavailable, message: "", metadata: ["grpc-retry-pushback-ms": "-1"]), .failure()), (ShopIsGone(), .failure()),
    ])
    func `A circuit around calls judges errors of gRPC as an interceptor does, and others as usual`(error: any Error, verdict: CircuitBreaker.Verdict)
    {
        #expect(CircuitBreaker.Verdict.gRPC(error) == verdict)
    }
}

private struct ShopIsGone: Error {}
