//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import NIOCore

// Encodes the bytes of header fields before the HTTP decoder makes strings of them, and decodes them behind the encoder.
// Heads look like bodies here, so the handler that sees the messages says where they are.
package final class HeadHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = IOData
    package typealias OutboundOut = IOData

    // More than any head that the decoder takes.
    private static let longestLine = 128 << 10

    // The next bytes that come are those of a head.
    package var isInHead = true
    // The next that is written is a head.
    package var writesHead = false

    private var pending = ByteBuffer()
    private var hasFirstLine = false

    package init() {}

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        pending.writeBuffer(&buffer)
        while pending.readableBytes > 0 {
            let part = isInHead ? readHead() : pending.readSlice(length: pending.readableBytes)
            guard let part else { return }
            // The end of a message that has no body arrives within this.
            context.fireChannelRead(wrapInboundOut(part))
        }
        pending.clear()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard writesHead, case .byteBuffer(let buffer) = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        writesHead = false
        let bytes = ByteBuffer(bytes: FieldBytes.decoded(buffer.readableBytesView))
        context.write(wrapOutboundOut(.byteBuffer(bytes)), promise: promise)
    }

    // The whole lines that are there, up to the end of the head; nil: none is whole.
    private func readHead() -> ByteBuffer? {
        var head = ByteBuffer()
        while isInHead, let end = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")),
            let line = pending.readSlice(length: end - pending.readerIndex + 1)
        {
            let isEmpty = line.readableBytesView.allSatisfy { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
            // The first line is no field, and the empty ones before it are nothing.
            head.writeBytes(hasFirstLine ? FieldBytes.encoded(line.readableBytesView) : Array(line.readableBytesView))
            if isEmpty, hasFirstLine { isInHead = false }
            hasFirstLine = !isEmpty || (hasFirstLine && isInHead)
        }
        if head.readableBytes == 0, pending.readableBytes > Self.longestLine { return pending.readSlice(length: pending.readableBytes) }
        return head.readableBytes > 0 ? head : nil
    }
}
