//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore

// Takes answers from a stream of bytes, whatever these are: an answer that is too long is read past, and what is no RESP2 is an error.
struct ReplyParser {
    struct SyntaxError: Error, Hashable, CustomStringConvertible {
        let description: String
    }

    private struct List {
        var missing: Int
        var replies: [Reply] = []
    }

    private static let longestLine = 64 << 10
    private static let deepest = 8

    // In bytes, with some for each element; what is beyond it is read and dropped.
    let longest: Int
    private var size = 0
    private var lists: [List] = []
    // Of a byte string that is dropped, its end included.
    private var unread = 0

    init(longest: Int) {
        self.longest = longest
    }

    private var isTooLong: Bool { size > longest }

    // The next answer; nil: more bytes are needed.
    mutating func next(_ buffer: inout ByteBuffer) throws(SyntaxError) -> Reply? {
        while true {
            if unread > 0 {
                let dropped = min(unread, buffer.readableBytes)
                buffer.moveReaderIndex(forwardBy: dropped)
                unread -= dropped
                guard unread == 0 else { return nil }
                if let reply = add(.absent) { return reply }
                continue
            }
            guard let element = try element(&buffer) else { return nil }
            switch element {
            case .reply(let reply): if let reply = add(reply) { return reply }
            case .list, .dropped: continue
            }
        }
    }

    private enum Element {
        case reply(Reply)
        case list
        case dropped
    }

    private mutating func element(_ buffer: inout ByteBuffer) throws(SyntaxError) -> Element? {
        let start = buffer.readerIndex
        guard let line = try Self.line(&buffer) else { return nil }
        guard let kind = line.first else { throw SyntaxError(description: "an empty line") }
        size += line.count + 16
        let rest = line.dropFirst()
        switch kind {
        case UInt8(ascii: "+"): return .reply(.text(Self.repaired(rest)))
        case UInt8(ascii: "-"): return .reply(.error(Self.repaired(rest)))
        case UInt8(ascii: ":"): return .reply(.number(try Self.number(rest)))
        case UInt8(ascii: "$"):
            let length = try Self.number(rest)
            if length == -1 { return .reply(.absent) }
            guard 0...(512 << 20) ~= length else { throw SyntaxError(description: "a text of \(length) bytes") }
            if size + Int(length) > longest {
                size += Int(length)
                unread = Int(length) + 2
                return .dropped
            }
            guard buffer.readableBytes >= Int(length) + 2 else {
                // Read again from its beginning.
                size -= line.count + 16
                buffer.moveReaderIndex(to: start)
                return nil
            }
            size += Int(length)
            guard let bytes = buffer.readSlice(length: Int(length)), buffer.readBytes(length: 2) == Array("\r\n".utf8) else {
                throw SyntaxError(description: "a text that does not end")
            }
            return .reply(.bytes(bytes))
        case UInt8(ascii: "*"):
            let count = try Self.number(rest)
            if count == -1 { return .reply(.absent) }
            guard 0...(16 << 20) ~= count else { throw SyntaxError(description: "a list of \(count) elements") }
            guard lists.count < Self.deepest else { throw SyntaxError(description: "lists nested too deeply") }
            guard count > 0 else { return .reply(.list([])) }
            lists.append(List(missing: Int(count)))
            return .list
        default: throw SyntaxError(description: "an answer that begins with the byte \(kind)")
        }
    }

    // Puts an element where it belongs; an answer if that completes one.
    private mutating func add(_ element: Reply) -> Reply? {
        var element = element
        while !lists.isEmpty {
            let last = lists.count - 1
            lists[last].missing -= 1
            if isTooLong { lists[last].replies = [] } else { lists[last].replies.append(element) }
            guard lists[last].missing == 0 else { return nil }
            element = .list(lists.removeLast().replies)
        }
        let reply = isTooLong ? .tooLong : element
        size = 0
        return reply
    }

    private static func line(_ buffer: inout ByteBuffer) throws(SyntaxError) -> [UInt8]? {
        let view = buffer.readableBytesView
        guard let end = view.firstIndex(of: UInt8(ascii: "\r")) else {
            guard view.count <= longestLine else { throw SyntaxError(description: "a line without an end") }
            return nil
        }
        let count = end - view.startIndex
        guard count <= longestLine else { throw SyntaxError(description: "a line of \(count) bytes") }
        guard view.count >= count + 2 else { return nil }
        guard let line = buffer.readBytes(length: count), buffer.readBytes(length: 2) == Array("\r\n".utf8) else {
            throw SyntaxError(description: "a line that does not end")
        }
        return line
    }

    private static func number(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> Int64 {
        guard let number = Int64(String(decoding: text, as: UTF8.self)) else { throw SyntaxError(description: "a number that is none") }
        return number
    }

    // These are read by people only.
    private static func repaired(_ text: ArraySlice<UInt8>) -> String {
        String(decoding: text, as: UTF8.self)
    }
}
