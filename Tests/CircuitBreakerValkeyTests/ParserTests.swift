//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import Testing

@testable import CircuitBreakerValkey

@Suite("Answers of a server")
struct ParserTests {
    static let answers: [(String, Reply)] = [
        ("+OK\r\n", .text("OK")), ("-NOAUTH Authentication required.\r\n", .error("NOAUTH Authentication required.")), (":-42\r\n", .number(-42)),
        ("$5\r\na\r\nb\u{0}\r\n", .bytes(ByteBuffer(string: "a\r\nb\u{0}"))), ("$0\r\n\r\n", .bytes(ByteBuffer())), ("$-1\r\n", .absent),
        ("*-1\r\n", .absent), ("*0\r\n", .list([])),
        ("*2\r\n*1\r\n:1\r\n$1\r\nx\r\n", .list([.list([.number(1)]), .bytes(ByteBuffer(string: "x"))])),
        ("*1\r\n*1\r\n*0\r\n", .list([.list([.list([])])])),
    ]

    @Test("come in pieces of any size", arguments: answers)
    func pieces(text: String, reply: Reply) throws {
        let bytes = Array((text + "+next\r\n").utf8)
        for size in 1...bytes.count {
            var (parser, buffer, replies) = (ReplyParser(longest: 1000), ByteBuffer(), [Reply]())
            for start in stride(from: 0, to: bytes.count, by: size) {
                buffer.writeBytes(bytes[start..<min(start + size, bytes.count)])
                while let reply = try parser.next(&buffer) { replies.append(reply) }
            }
            #expect(replies == [reply, .text("next")], "in pieces of \(size)")
        }
    }

    @Test("that are too long are read past, and what follows is not", arguments: [1, 7, 100_000])
    func tooLong(size: Int) throws {
        let long = String(repeating: "x", count: 2000)
        for text in ["$2000\r\n\(long)\r\n", "*3\r\n:1\r\n$2000\r\n\(long)\r\n:2\r\n", "*200\r\n" + String(repeating: "$1\r\nx\r\n", count: 200)] {
            let bytes = Array((text + ":7\r\n").utf8)
            var (parser, buffer, replies) = (ReplyParser(longest: 1000), ByteBuffer(), [Reply]())
            for start in stride(from: 0, to: bytes.count, by: size) {
                buffer.writeBytes(bytes[start..<min(start + size, bytes.count)])
                while let reply = try parser.next(&buffer) { replies.append(reply) }
                buffer.discardReadBytes()
                #expect(buffer.readableBytes < 1100 + size, "it keeps what it drops")
            }
            #expect(replies == [.tooLong, .number(7)])
        }
    }

    @Test(
        "that are none are errors",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n", "\r\n", "$x\r\n", "$-2\r\n", "$99999999999\r\n", "*99999999999\r\n", "*x\r\n", ":1.5\r\n", ":\r\n",
            "$1\r\nxyz\r\n", "+OK\rx",
            "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "\u{0}\r\n", "%1\r\n+a\r\n+b\r\n",
        ]
    )
    func rubbish(text: String) {
        var (parser, buffer) = (ReplyParser(longest: 1000), ByteBuffer(string: text))
        #expect(throws: ReplyParser.SyntaxError.self) {
            while try parser.next(&buffer) != nil {}
        }
    }

    @Test("with bytes that are no UTF-8 are read, and are no text")
    func brokenText() throws {
        var (parser, buffer) = (
            ReplyParser(longest: 1000),
            ByteBuffer(bytes: Array("$2\r\n".utf8) + [0xFF, 0xC0] + Array("\r\n-ERR ".utf8) + [0xFF] + Array("\r\n".utf8))
        )
        let reply = try parser.next(&buffer)
        #expect(reply == .bytes(ByteBuffer(bytes: [0xFF, 0xC0])) && reply?.string == nil)
        #expect(try parser.next(&buffer) == .error("ERR \u{FFFD}"))
    }

    @Test("of any bytes crash nothing")
    func anyBytes() {
        var random = SystemRandomNumberGenerator()
        let signs = Array("*$:+-0129\r\n\r\n\r\nx".utf8) + [0, 0xFF]
        for _ in 0..<20_000 {
            var (parser, buffer) = (
                ReplyParser(longest: 50), ByteBuffer(bytes: (0..<Int.random(in: 1...40)).map { _ in signs.randomElement(using: &random) ?? 0 })
            )
            while let reply = try? parser.next(&buffer) { _ = reply.string }
        }
    }
}
