//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import HTTPTypes
import Hummingbird
import LocalFleet
import Logging
import LoopbackAccess
import NIOCore
import ServiceLifecycle
import UnixSignals
import UnreliableService

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// A fleet behind a web server on this machine.
struct LocalServer: Sendable {
    static let countsPath = "/_breaker/counts"
    let fleet: LocalFleet
    let circuit: String
    let store: InMemoryStore
    let dashboard: Dashboard?
    let port: Int
    let logger: Logger
    var limits = ConnectionLimits()

    // Returns after a signal asked to stop and the requests under way are answered or cancelled.
    func run(onStart: @escaping @Sendable (Int) async -> Void) async throws {
        var quiet = logger
        quiet.logLevel = .critical
        let application = Application(
            responder: CallbackResponder<LocalContext> { request, context in await respond(to: request, from: context.remoteAddress) },
            server: limits.server,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: nil, backlog: 4096),
            onServerRunning: { channel in await onStart(channel.localAddress?.port ?? port) },
            logger: quiet
        )
        let services: [any Service] = [application] + (dashboard.map { [$0.load] } ?? [])
        var configuration = ServiceGroupConfiguration(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = StopLimit.requests
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            switch error.errnoCode {
            case EADDRINUSE: throw CommandFailure("port \(port) on 127.0.0.1 is in use; choose another with --port, or any free one with --port 0")
            case EACCES: throw CommandFailure("port \(port) may not be used by this user; choose one above 1023 with --port")
            default: throw CommandFailure("cannot listen on 127.0.0.1:\(port): \(error)")
            }
        }
    }

    private func respond(to request: Request, from remoteAddress: String?) async -> Response {
        let access = LoopbackAccess(request, from: remoteAddress)
        if let response = await dashboard?.respond(to: request, access) { return response }
        do throws(Refusal) {
            try Refusal.unless(access.check)
            if request.uri.path == Self.countsPath { return await counts() }
            let answer = await fleet.handle(try await ServiceRequest(request))
            let response = Response(answer ?? ServiceResponse(message: "Service Unavailable", status: 503, outcome: .unused))
            return request.method == .head ? response.createHeadResponse() : response
        } catch {
            return Response(error)
        }
    }

    private func counts() async -> Response {
        let record = try? await store.read(circuit, consistent: true)
        let text = LocalReport.json(fleet.counts, circuit: circuit, state: record?.state ?? .closed)
        return Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

// A request's context that knows who asks.
private struct LocalContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }
}
