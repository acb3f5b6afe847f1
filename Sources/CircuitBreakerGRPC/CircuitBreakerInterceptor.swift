//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import GRPCCore

/// Makes each call of a gRPC client through a circuit: a service that fails is left alone.
///
/// ```swift
/// let interceptor = CircuitBreakerInterceptor(try CircuitBreakerRegistry(prefix: "grpc:", store: store))
/// try await withGRPCClient(transport: transport, interceptors: [interceptor]) { client in
///     try await use(client)
/// }
/// ```
/// Each service has a circuit, unless `by:` or a breaker says otherwise. A call that its circuit does not admit fails with the code `unavailable`; the metadata's
/// `grpc-retry-pushback-ms` says when to come back, which gRPC's own retries honor, and the error's cause is the ``Rejection``. With gRPC's retries or hedging,
/// each attempt is a call of its own.
///
/// - Important: An interceptor sees no call for which the transport cannot connect: gRPC runs it only when there is a connection. A server that is gone
///   therefore opens no circuit here. To count that too, put the circuit around the call, with `breaker.run` and the judgement ``CircuitBreaker/Verdict/gRPC(_:)``.
public struct CircuitBreakerInterceptor: ClientInterceptor {
    /// When a call has succeeded.
    public enum Success: Hashable, Sendable {
        /// When the server's stream has ended well, so that a failure in its middle counts. A probe whose stream lasts longer than its lease counts for nothing.
        case atEnd
        /// When the server has accepted the call, whatever becomes of the stream: for streams without an end.
        case whenAccepted
    }

    private let breaker: @Sendable (ClientContext) throws(ConfigurationError) -> CircuitBreaker
    private let success: @Sendable (MethodDescriptor) -> Success
    private let judge: @Sendable (RPCError) -> CircuitBreaker.Verdict

    /// Makes all calls through one circuit.
    /// - Parameters:
    ///   - breaker: the circuit.
    ///   - success: when a call of a method has succeeded.
    ///   - judge: what an error says about the service.
    public init(
        _ breaker: CircuitBreaker,
        success: @escaping @Sendable (MethodDescriptor) -> Success = { _ in .atEnd },
        judging judge: @escaping @Sendable (RPCError) -> CircuitBreaker.Verdict = { .standard($0) }
    ) {
        self.breaker = { _ throws(ConfigurationError) in breaker }
        self.success = success
        self.judge = judge
    }

    /// Makes calls through several circuits.
    /// - Parameters:
    ///   - circuits: the circuits.
    ///   - key: which of them a call goes through; see ``byService(_:)`` and ``byMethod(_:)``.
    ///   - success: when a call of a method has succeeded.
    ///   - judge: what an error says about the service.
    public init(
        _ circuits: CircuitBreakerRegistry,
        by key: @escaping @Sendable (ClientContext) -> String = Self.byService,
        success: @escaping @Sendable (MethodDescriptor) -> Success = { _ in .atEnd },
        judging judge: @escaping @Sendable (RPCError) -> CircuitBreaker.Verdict = { .standard($0) }
    ) {
        breaker = { context throws(ConfigurationError) in try circuits.breaker(for: key(context)) }
        self.success = success
        self.judge = judge
    }

    /// A circuit for each service.
    /// - Parameter context: a call's.
    /// - Returns: the service's full name, as `shop.Payments`.
    @Sendable
    public static func byService(_ context: ClientContext) -> String { context.descriptor.service.fullyQualifiedService }

    /// A circuit for each method.
    /// - Parameter context: a call's.
    /// - Returns: the full name of the service, and the method's, as `shop.Payments:Quote`.
    @Sendable
    public static func byMethod(_ context: ClientContext) -> String { "\(byService(context)):\(context.descriptor.method)" }

    /// Makes the call if its circuit admits it, and learns from how it ends.
    public func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingClientRequest<Input>,
        context: ClientContext,
        next: @concurrent (StreamingClientRequest<Input>, ClientContext) async throws -> StreamingClientResponse<Output>
    ) async throws -> StreamingClientResponse<Output> {
        let breaker: CircuitBreaker
        do throws(ConfigurationError) {
            breaker = try self.breaker(context)
        } catch {
            return StreamingClientResponse(error: RPCError(code: .internalError, message: "no circuit: \(error)", cause: error))
        }
        switch try await breaker.acquire() {
        case .rejected(let rejection):
            return StreamingClientResponse(error: RPCError(rejection))
        case .permit(let permit):
            let time = TimeAllowed(request.metadata, minimum: breaker.configuration.minimumBudget)
            let call = PendingCall(permit, time: time, judge: judge)
            return try await make(call, request, context, next)
        }
    }

    private func make<Input: Sendable, Output: Sendable>(
        _ call: PendingCall,
        _ request: StreamingClientRequest<Input>,
        _ context: ClientContext,
        _ next: @concurrent (StreamingClientRequest<Input>, ClientContext) async throws -> StreamingClientResponse<Output>
    ) async throws -> StreamingClientResponse<Output> {
        var response: StreamingClientResponse<Output>
        do {
            response = try await next(request, context)
        } catch {
            await call.failed(error)
            throw error
        }
        switch response.accepted {
        case .failure(let error):
            await call.failed(error)
        case .success(var contents):
            call.accepted()
            switch success(context.descriptor) {
            case .whenAccepted:
                await call.succeeded()
            case .atEnd:
                contents.bodyParts = RPCAsyncSequence(wrapping: WatchedBody(parts: contents.bodyParts, watched: WatchedCall(call)))
                response.accepted = .success(contents)
            }
        }
        return response
    }
}
