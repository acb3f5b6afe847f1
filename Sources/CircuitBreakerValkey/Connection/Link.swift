//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

// The one connection of a store: made when a command needs it, and again after it was lost.
final class Link: Sendable {
    private enum State {
        case idle
        // After failures to connect, commands fail at once for a while.
        case pausing(until: NIODeadline, StoreError)
        case connecting([Request])
        case connected(any Channel)
        case closed
    }

    private struct Status {
        var state = State.idle
        var failures = 0
        // The server that was last found to be the one to write to.
        var preferred = 0
        var connecting: EventLoopFuture<Void>?
        // What a shutdown need not wait for.
        var greeted: (any Channel)?

        var isClosed: Bool { if case .closed = state { true } else { false } }
    }

    private enum Action {
        case wait
        case connect
        case write(any Channel)
        case refuse(StoreError)
    }

    private let settings: ValkeySettings
    private let limits: Limits
    private let tls: NIOSSLContext?
    private let status = Mutex(Status())

    init(_ settings: ValkeySettings, _ limits: Limits) throws(StoreError) {
        self.settings = settings
        self.limits = limits
        tls = try settings.tlsContext()
    }

    // Whoever forgot to shut down leaves no connection behind.
    deinit {
        if case .connected(let channel) = status.withLock({ $0.state }) { channel.close(promise: nil) }
    }

    func answer(to command: Command) async throws(StoreError) -> Reply {
        let request = Request(command)
        submit(request)
        return try await request.answer().get()
    }

    // All at once; the answers come in the order of the commands.
    func answers(to commands: [Command]) async throws(StoreError) -> [Reply] {
        let requests = commands.map { Request($0) }
        for request in requests { submit(request) }
        var replies: [Reply] = []
        for request in requests { replies.append(try await request.answer().get()) }
        return replies
    }

    private func submit(_ request: Request) {
        let action = status.withLock { status -> Action in
            switch status.state {
            case .connected(let channel): return .write(channel)
            case .connecting(var waiting):
                guard waiting.count < limits.pending else {
                    return .refuse(.tooMany(limits.pending, settings.addresses[status.preferred], mayHaveBeenApplied: false))
                }
                waiting.append(request)
                status.state = .connecting(waiting)
                return .wait
            case .pausing(let end, let error) where NIODeadline.now() < end: return .refuse(error)
            case .idle, .pausing:
                status.state = .connecting([request])
                return .connect
            case .closed: return .refuse(StoreError(.unavailable, "the store was shut down", mayHaveBeenApplied: false))
            }
        }
        switch action {
        case .wait: break
        case .connect: connect()
        case .write(let channel): write(request, to: channel)
        case .refuse(let error): request.fail(error)
        }
    }

    private func write(_ request: Request, to channel: any Channel) {
        channel.writeAndFlush(request).whenFailure { error in
            // Nothing is known of how far it came.
            request.fail(StoreError(.unavailable, "the connection was lost: \(error)", underlyingError: ConnectionLost()))
        }
    }

    // Gives the connection up, so that the next command looks again for the server to write to.
    func renew() {
        let channel = status.withLock { status -> (any Channel)? in
            guard case .connected(let channel) = status.state else { return nil }
            status.state = .idle
            return channel
        }
        channel?.close(promise: nil)
    }

    func shutdown() async {
        let (channel, waiting, connecting) = status.withLock { status -> ((any Channel)?, [Request], EventLoopFuture<Void>?) in
            defer { status.state = .closed }
            switch status.state {
            case .connected(let channel): return (channel, [], nil)
            case .connecting(let waiting): return (status.greeted, waiting, status.connecting)
            case .idle, .pausing, .closed: return (nil, [], nil)
            }
        }
        for request in waiting { request.fail(StoreError(.unavailable, "the store was shut down", mayHaveBeenApplied: false)) }
        try? await channel?.close()
        try? await connecting?.get()
    }
}

// MARK: connecting

extension Link {
    private func connect() {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let first = status.withLock { $0.preferred }
        let attempt = self.attempt(settings.addresses.indices.map { ($0 + first) % settings.addresses.count }, [], on: loop)
        let done = attempt.map { index, channel in self.finish(.success((index, channel))) }
            .flatMapErrorThrowing { error in
                self.finish(.failure(error as? StoreError ?? StoreError(.unavailable, "\(error)", mayHaveBeenApplied: false)))
            }
        status.withLock { status in
            if case .connecting = status.state { status.connecting = done }
        }
    }

    // One server after the other, until one lets this process in and can be written to.
    private func attempt(_ order: [Int], _ errors: [StoreError], on loop: any EventLoop) -> EventLoopFuture<(Int, any Channel)> {
        guard let index = order.first, !status.withLock({ $0.isClosed }) else {
            return loop.makeFailedFuture(StoreError(all: errors))
        }
        return connect(to: settings.addresses[index], on: loop)
            .map { (index, $0) }
            .flatMapError { error in
                let address = self.settings.addresses[index]
                let failure = error as? StoreError ?? StoreError(connecting: error, address)
                return self.attempt(Array(order.dropFirst()), errors + [failure], on: loop)
            }
    }

    private func connect(to address: Address, on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        let (limits, tls, ending) = (limits, tls, Ending())
        return ClientBootstrap(group: loop)
            .connectTimeout(limits.connect)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: address.nameForTLS)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(RequestHandler(address, limits, ending) { [weak self] in self?.lose($0) })
                }
            }
            .connect(host: address.host, port: address.port)
            .flatMap { channel in
                // The whole handshake has one limit.
                let limit = loop.scheduleTask(in: limits.connect) {
                    ending.note(StoreError(.timedOut, "\(address) did not let this process in within \(limits.connect.milliseconds) ms"))
                    channel.close(promise: nil)
                }
                let isClosed = self.status.withLock { status in
                    status.greeted = channel
                    return status.isClosed
                }
                if isClosed { channel.close(promise: nil) }
                let greetings = self.settings.greetings.map { greeting in
                    let request = Request(greeting.command)
                    let promise = loop.makePromise(of: Void.self)
                    request.whenDone { answer in promise.completeWith(greeting.judge(answer, address)) }
                    self.write(request, to: channel)
                    return promise.futureResult
                }
                return EventLoopFuture.andAllSucceed(greetings, on: loop)
                    .map { channel }
                    .flatMapErrorThrowing { error in
                        channel.close(promise: nil)
                        throw ending.cause ?? error
                    }
                    .always { _ in limit.cancel() }
            }
    }

    private func finish(_ result: Result<(Int, any Channel), StoreError>) {
        let (waiting, isClosed) = status.withLock { status -> ([Request], Bool) in
            (status.connecting, status.greeted) = (nil, nil)
            guard case .connecting(let waiting) = status.state else { return ([], true) }
            switch result {
            case .success((let index, let channel)):
                (status.state, status.failures, status.preferred) = (.connected(channel), 0, index)
            case .failure(let error):
                status.failures += 1
                status.state = .pausing(until: .now() + limits.pause(after: status.failures), error)
            }
            return (waiting, false)
        }
        switch result {
        case .success((_, let channel)):
            guard !isClosed else { return channel.close(promise: nil) }
            // It may have been lost before it was known.
            if !channel.isActive { lose(channel) }
            for request in waiting { write(request, to: channel) }
        case .failure(let error):
            for request in waiting { request.fail(error) }
        }
    }

    private func lose(_ channel: any Channel) {
        status.withLock { status in
            if case .connected(let current) = status.state, current === channel { status.state = .idle }
        }
    }
}

extension Limits {
    // At random, so that a fleet does not come back all at once.
    fileprivate func pause(after failures: Int) -> TimeAmount {
        let pause = min(longestPause.nanoseconds, shortestPause.nanoseconds << Int64(min(failures - 1, 10)))
        return .nanoseconds(Int64.random(in: pause / 2...pause))
    }
}
