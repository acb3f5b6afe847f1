//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Hummingbird
import Logging
import LoopbackAccess
import NIOCore
import ServiceLifecycle
import UnixSignals

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// A web server that only this machine reaches.
struct LoopbackServer: Sendable {
    let port: Int
    let logger: Logger
    var limits = ConnectionLimits()

    // Returns after a signal asked to stop and the requests under way are answered or cancelled; the services run beside and stop with it.
    func run(
        with services: [any Service],
        onStart: @escaping @Sendable (Int) async -> Void,
        respond: @escaping @Sendable (Request, LoopbackAccess) async -> Response
    ) async throws {
        var quiet = logger
        quiet.logLevel = .critical
        let application = Application(
            responder: CallbackResponder<LoopbackContext> { request, context in
                await respond(request, LoopbackAccess(request, from: context.remoteAddress))
            },
            server: limits.server,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: nil, backlog: 4096),
            onServerRunning: { channel in await onStart(channel.localAddress?.port ?? port) },
            logger: quiet
        )
        var configuration = ServiceGroupConfiguration(
            services: [application] + services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet
        )
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
}

// A request's context that knows who asks.
private struct LoopbackContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }
}
