//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
package import CircuitBreaker
import HTTPGuard
import HTTPVerdicts
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// A real HTTP server.
package final class UpstreamDependency: Dependency {
    // What the payload of a function's answer has room for, base64 included.
    package static let largestAnswer = 4 << 20

    package let timeLimit: Duration?

    private let url: UpstreamURL
    private let client: HTTPClient
    // Never uses a connection twice.
    private let freshClient: HTTPClient
    private let clock: any CircuitClock
    private let largestAnswer: Int

    package init(
        _ url: UpstreamURL,
        timeLimit: Duration = .seconds(3),
        connectTimeout: Duration = .milliseconds(1500),
        largestAnswer: Int = UpstreamDependency.largestAnswer,
        clock: any CircuitClock = WallClock()
    ) {
        self.url = url
        self.timeLimit = timeLimit
        self.largestAnswer = largestAnswer
        self.clock = clock
        // By default a little more than the second that one lost packet costs.
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(connectTimeout.nanoseconds))
        )
        // A refused connection is an answer: the circuit decides about trying again, not the client.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Waiting for a free connection would look like a slow upstream.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 10_000
        configuration.connectionPool.idleTimeout = .seconds(10)
        configuration.guardAnswers()
        configuration.onConnection(KeptConnection.watch)
        configuration.onConnection(ClientHeads.add)
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        configuration.maximumUsesPerConnection = 1
        freshClient = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    deinit {
        // A client that was not shut down stops the process.
        let clients = [client, freshClient]
        Task { for client in clients { try? await client.shutdown() } }
    }

    // Closes the connections. No call may follow.
    package func close() async {
        for client in [client, freshClient] { try? await client.shutdown() }
    }

    package func refusal(of request: ServiceRequest) -> ServiceResponse? {
        if let refusal = request.refusal { return refusal }
        guard url.isLeft(by: request.path) else { return nil }
        return ServiceResponse(message: "Paths with .. are not passed on", status: 400, outcome: .refused)
    }

    package func call(_ request: ServiceRequest) async throws -> ServiceResponse {
        var outgoing = HTTPClientRequest(url: url.address(path: request.path, query: request.query))
        outgoing.method = HTTPMethod(rawValue: request.method)
        for field in request.headers.endToEnd().fields { outgoing.headers.add(name: field.name, value: field.value) }
        if !request.body.isEmpty { outgoing.body = .bytes(ByteBuffer(bytes: request.body)) }
        do {
            return try await take(try await execute(outgoing, isIdempotent: request.isIdempotent), to: request)
        } catch let error as UpstreamError {
            throw error
        } catch is NIOTooManyBytesError {
            throw UpstreamError.answerTooLarge(limit: largestAnswer)
        } catch let error as HTTPClientError {
            if error == .cancelled { throw CancellationError() }
            throw error.isCallersMistake ? UpstreamError.invalidRequest(error.shortDescription) : .noAnswer(error.shortDescription)
        } catch let error as NIOConnectionError {
            throw UpstreamError.noAnswer(error.summary)
        } catch let error as IOError {
            throw UpstreamError.noAnswer(error.summary)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw UpstreamError.noAnswer("\(error)")
        }
    }

    // A kept connection may have been closed long before: that is found out only by using it, and says nothing of the upstream.
    private func execute(_ request: HTTPClientRequest, isIdempotent: Bool) async throws -> HTTPClientResponse {
        // The call times out at the breaker's limit, which ends this too: the client's own limit is only there for what no caller waits for.
        let limit = TimeAmount.nanoseconds(((timeLimit ?? .zero) + .seconds(60)).nanoseconds)
        do {
            return try await client.execute(request, timeout: limit)
        } catch  where error is DeadConnection || error as? ChannelError == .ioOnClosedChannel {
            guard isIdempotent else { throw UpstreamError.connectionLost }
            return try await freshClient.execute(request, timeout: limit)
        }
    }

    private func take(_ answer: HTTPClientResponse, to request: ServiceRequest) async throws -> ServiceResponse {
        let status = Int(answer.status.code)
        let verdict = CircuitBreaker.Verdict.of(status: status, retryAfter: answer.headers.first(name: "retry-after"), at: clock.now)
        if case .failure(let retryAfter) = verdict { throw UpstreamError.status(status, retryAfter: retryAfter) }
        let body = try await answer.body.collect(upTo: largestAnswer)
        var headers = HeaderList()
        for (name, value) in answer.headers { headers.add(name, value) }
        let length = headers["content-length"]
        headers = headers.endToEnd()
        // The length of a body that was not asked for cannot be counted.
        if request.method == "HEAD" { headers["Content-Length"] = length }
        var response = ServiceResponse(status: status, headers: headers, body: Array(body.readableBytesView), outcome: .success)
        guard verdict != .ignored else {
            response.outcome = .unused
            throw UpstreamError.unsupported(response)
        }
        return response
    }
}
