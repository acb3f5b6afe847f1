//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

public import AsyncHTTPClient
public import Logging
import NIOHTTP1
import Synchronization

/// Calls an AWS service that speaks JSON 1.0 or 1.1, such as DynamoDB or EventBridge, or REST with JSON, such as Lambda.
///
/// A call takes no longer than its time limit. It is tried again in three cases only, each once: the connection turned out dead and the
/// request may be sent twice; the service refused the time in the signature; the service refused the credentials as expired.
public final class AWSJSONClient: Sendable {
    private let configuration: AWSClientConfiguration
    private let credentials: CredentialsCache
    private let transport: Transport
    private let queue: CallQueue
    private let logger: Logger
    private let now: @Sendable () -> Int64
    /// What to add to the local time to get the service's, in milliseconds.
    private let clockOffset = Atomic<Int64>(0)
    /// When an answer last arrived, in milliseconds since 1970; 0 before the first.
    private let lastAnswer = Atomic<Int64>(0)

    /// Creates a client.
    ///
    /// It makes no connection yet.
    ///
    /// - Parameters:
    ///   - configuration: Which service, where, and within what limits.
    ///   - credentials: Where the credentials come from. Each client keeps its own.
    ///   - httpClient: Sends the requests and stays the caller's to shut down; nil for a client of this one's own.
    ///   - logger: Logs retries and fetched credentials, without secrets.
    ///   - now: Gives the time, in milliseconds since 1970; nil for the system's clock.
    public init(
        _ configuration: AWSClientConfiguration,
        credentials: any CredentialsSource = DefaultCredentials(),
        httpClient: HTTPClient? = nil,
        logger: Logger = Logger(label: "AWSClient", factory: { _ in SwiftLogNoOpLogHandler() }),
        now: (@Sendable () -> Int64)? = nil
    ) {
        self.configuration = configuration
        self.credentials = CredentialsCache(source: credentials, logger: logger)
        let limits = Transport.Limits(
            connectTimeout: configuration.connectTimeout,
            idleTimeout: configuration.idleTimeout,
            connections: configuration.maximumConnections,
            answerBytes: configuration.maximumAnswerBytes
        )
        transport = httpClient.map { Transport($0, answerBytes: configuration.maximumAnswerBytes) } ?? Transport(limits)
        queue = CallQueue(underWay: configuration.maximumConnections, waiting: configuration.maximumWaitingCalls)
        self.logger = logger
        self.now = now ?? WallClock.now
    }

    var waitingCalls: Int { queue.waiting }

    /// Closes all connections.
    ///
    /// Calls under way fail, and so do later ones.
    public func shutdown() async {
        credentials.shutdown()
        await transport.shutdown()
    }

    /// Makes one call.
    ///
    /// - Parameters:
    ///   - target: The operation with its prefix, for example `DynamoDB_20120810.GetItem`.
    ///   - input: The operation's input.
    ///   - isResendable: Whether it does no harm when the service carries the request out twice. If not, the request is never sent again
    ///     while it is unknown whether it was carried out.
    ///   - timeLimit: How long the call may take in all; nil for the configured limit.
    /// - Returns: The operation's output.
    /// - Throws: ``AWSError``. It says whether the request may have been applied.
    public func call(
        _ target: String,
        _ input: JSON,
        isResendable: Bool,
        timeLimit: Duration? = nil
    ) async throws(AWSError) -> JSON {
        try await call(
            AWSRequest(
                method: .POST,
                path: "/",
                headers: [("Content-Type", "application/x-amz-json-\(configuration.jsonVersion.rawValue)"), ("X-Amz-Target", target)],
                body: input.bytes
            ),
            isResendable: isResendable,
            timeLimit: timeLimit
        )
    }

    /// Makes one call of a service that speaks REST.
    ///
    /// - Parameters:
    ///   - request: The method, the path and the body.
    ///   - isResendable: As for a call by the operation's name.
    ///   - timeLimit: How long the call may take in all; nil for the configured limit.
    /// - Returns: The operation's output.
    /// - Throws: ``AWSError``. It says whether the request may have been applied.
    public func call(_ request: AWSRequest, isResendable: Bool, timeLimit: Duration? = nil) async throws(AWSError) -> JSON {
        try queue.takePlace()
        defer { queue.giveUpPlace() }
        let delivery = Delivery()
        let limit = timeLimit ?? configuration.timeLimit
        let lateness = AWSError(.timeLimit, "\(configuration.endpoint) gave no answer within \(limit)")
        do {
            return try await within(limit, orThrow: lateness) { () async throws(AWSError) -> JSON in
                try await self.attempt(request, plan: RetryPlan(isResendable: isResendable), delivery: delivery)
            }
        } catch {
            var failure = error
            failure.mayHaveBeenApplied = delivery.mayHaveBeenApplied
            throw failure
        }
    }

    private func attempt(_ request: AWSRequest, plan: RetryPlan, delivery: Delivery) async throws(AWSError) -> JSON {
        var plan = plan
        var credentials = try await self.credentials.credentials(now: serviceTime())
        try await queue.enter()
        defer { queue.leave() }
        var route = self.route()
        while true {
            let failure: AWSError
            do throws(AWSError) {
                return try await send(request, credentials: credentials, route: route, delivery: delivery)
            } catch {
                failure = error
            }
            let step = plan.step(after: failure, on: route, mayHaveBeenApplied: delivery.mayHaveBeenApplied)
            switch step {
            case .giveUp: throw failure
            case .resend: route = .fresh
            case .correctClock: learnTime(from: failure.answer?.date)
            case .renewCredentials:
                self.credentials.discard(credentials)
                let renewed = try await self.credentials.credentials(now: serviceTime())
                guard renewed != credentials else { throw failure }
                credentials = renewed
            }
            logger.debug("Trying the call to AWS again", metadata: ["step": "\(step)", "after": "\(failure)"])
        }
    }

    private func send(
        _ request: AWSRequest,
        credentials: Credentials,
        route: Transport.Route,
        delivery: Delivery
    ) async throws(AWSError) -> JSON {
        let endpoint = configuration.endpoint
        var headers: HTTPHeaders = ["Host": endpoint.authority, "User-Agent": "swift-circuit-breaker"]
        for (name, value) in request.headers { headers.add(name: name, value: value) }
        let unsigned = SigningRequest(
            method: request.method.rawValue,
            host: endpoint.authority,
            path: endpoint.path + request.path,
            headers: headers,
            body: request.body
        )
        let signed = SigV4.sign(
            unsigned,
            credentials: credentials,
            region: configuration.region,
            service: configuration.service,
            date: serviceTime()
        )
        let call = HTTPCall(
            method: HTTPMethod(rawValue: request.method.rawValue),
            url: endpoint.url + request.path,
            headers: signed.headers,
            body: request.body
        )
        let answer: HTTPAnswer
        do {
            answer = try await transport.send(call, on: route, delivery: delivery)
        } catch {
            delivery.ended()
            throw error
        }
        lastAnswer.store(now(), ordering: .relaxed)
        return try read(answer, credentials: credentials, delivery: delivery)
    }

    private func read(_ answer: HTTPAnswer, credentials: Credentials, delivery: Delivery) throws(AWSError) -> JSON {
        guard 200...202 ~= answer.status else {
            let service = ServiceAnswer(answer, hiding: credentials.secrets)
            if service.mayHaveBeenApplied { delivery.ended() } else { delivery.refused() }
            let name = service.code ?? "HTTP \(answer.status)"
            throw AWSError(.service, service.message.map { "\(name): \($0)" } ?? name, answer: service)
        }
        do {
            return try JSON(parsing: answer.body)
        } catch {
            throw AWSError(.badAnswer, "the answer is not JSON: \(error)")
        }
    }

    /// After a pause longer than connections are kept, the process may have been frozen, and what it takes for a kept connection may be dead.
    private func route() -> Transport.Route {
        let last = lastAnswer.load(ordering: .relaxed)
        let pause = Duration.milliseconds(now() - last)
        return last == 0 || (.zero..<configuration.idleTimeout).contains(pause) ? .pooled : .fresh
    }

    private func serviceTime() -> Int64 {
        now() + clockOffset.load(ordering: .relaxed)
    }

    private func learnTime(from date: Int64?) {
        guard let date else { return }
        let offset = date - now()
        clockOffset.store(offset, ordering: .relaxed)
        logger.info("The local clock differs from the service's", metadata: ["milliseconds": "\(offset)"])
    }
}

extension AWSJSONClient: CustomStringConvertible, CustomReflectable {
    /// The service and where it is.
    public var description: String { "AWSJSONClient(\(configuration.service) at \(configuration.endpoint))" }
    /// A mirror without children: by way of the event loops `dump` would get to requests under way, tokens included.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
