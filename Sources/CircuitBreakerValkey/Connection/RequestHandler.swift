//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import NIOCore
import Synchronization

// Sends commands one after the other without waiting, and gives each the answer that is its own: the server answers in order.
final class RequestHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Request
    typealias OutboundOut = ByteBuffer

    private let address: Address
    private let limits: Limits
    private var parser: ReplyParser
    private var received = ByteBuffer()
    private var pending = CircularBuffer<(request: Request, sentAt: NIODeadline)>()
    private var watch: Scheduled<Void>?
    private let ending: Ending
    private let lose: (any Channel) -> Void

    // Whoever gets an answer from here on finds another connection.
    init(_ address: Address, _ limits: Limits, _ ending: Ending, lose: @escaping (any Channel) -> Void) {
        self.ending = ending
        self.lose = lose
        self.address = address
        self.limits = limits
        parser = ReplyParser(longest: limits.replyBytes)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let request = Self.unwrapOutboundIn(data)
        guard pending.count < limits.pending else {
            request.fail(.tooMany(limits.pending, address, mayHaveBeenApplied: false))
            promise?.succeed()
            return
        }
        guard request.send() else {
            promise?.succeed()
            return
        }
        pending.append((request, .now()))
        if watch == nil { startWatch(context, after: limits.answer) }
        context.write(Self.wrapOutboundOut(request.bytes), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Self.unwrapInboundIn(data)
        if received.readableBytes == 0 { received = bytes } else { received.writeBuffer(&bytes) }
        do throws(ReplyParser.SyntaxError) {
            while let reply = try parser.next(&received) { take(reply, context) }
        } catch {
            end(StoreError(.unavailable, "\(address) does not answer as Valkey or Redis does: \(error)"), context)
        }
        if received.readableBytes == 0 { received = ByteBuffer() } else { received.discardReadBytes() }
    }

    private func take(_ reply: Reply, _ context: ChannelHandlerContext) {
        if let (request, _) = pending.popFirst() { return request.succeed(reply) }
        // A server that is full says so without being asked.
        if case .error(let text) = reply { return end(StoreError(serverError: text, at: address.description), context) }
        end(StoreError(.unavailable, "\(address) sent an answer that nobody asked for"), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(StoreError(connecting: error, address), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        watch?.cancel()
        lose(context.channel)
        let error = ending.cause ?? StoreError(.unavailable, "\(address) closed the connection before it answered", underlyingError: ConnectionLost())
        while let (request, _) = pending.popFirst() { request.fail(error) }
        context.fireChannelInactive()
    }

    // What is first to be known is the cause; what follows is a consequence.
    private func end(_ error: StoreError, _ context: ChannelHandlerContext) {
        ending.note(error)
        lose(context.channel)
        context.close(promise: nil)
    }

    // The oldest command decides: those behind it wait for it.
    private func startWatch(_ context: ChannelHandlerContext, after delay: TimeAmount) {
        let (bound, loopBound) = (NIOLoopBound(self, eventLoop: context.eventLoop), NIOLoopBound(context, eventLoop: context.eventLoop))
        watch = context.eventLoop.scheduleTask(in: delay) { bound.value.look(loopBound.value) }
    }

    private func look(_ context: ChannelHandlerContext) {
        watch = nil
        guard let oldest = pending.first?.sentAt else { return }
        let left = oldest + limits.answer - .now()
        guard left <= .zero else { return startWatch(context, after: left) }
        end(StoreError(.timedOut, "\(address) did not answer within \(limits.answer.milliseconds) ms"), context)
    }
}

// Why a connection ended, for those who find it closed.
final class Ending: Sendable {
    private let first = Mutex<StoreError?>(nil)

    var cause: StoreError? { first.withLock { $0 } }

    func note(_ error: StoreError) {
        first.withLock { first in
            if first == nil { first = error }
        }
    }
}

// Whether a command may be sent again follows from what it does, not from this.
struct ConnectionLost: Error, CustomStringConvertible {
    var description: String { "connection lost" }
}

extension TimeAmount {
    static var zero: TimeAmount { .nanoseconds(0) }
    var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
