//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore

// An answer in RESP2.
enum Reply: Sendable, Hashable {
    case text(String)
    case error(String)
    case number(Int64)
    case bytes(ByteBuffer)
    case list([Reply])
    case absent
    // Longer than an answer may be; none of it was kept.
    case tooLong
}

extension Reply {
    // Nil for bytes that are no UTF-8 too.
    var string: String? {
        switch self {
        case .text(let text): text
        case .bytes(let buffer): String(validating: buffer.readableBytesView, as: UTF8.self)
        default: nil
        }
    }
}

// A command as it is sent: a list of byte strings.
struct Command: Sendable {
    private(set) var words: [String]

    init(_ words: String...) {
        self.words = words
    }

    init(_ words: [String]) {
        self.words = words
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeString("*\(words.count)\r\n")
        for word in words {
            buffer.writeString("$\(word.utf8.count)\r\n")
            buffer.writeString(word)
            buffer.writeString("\r\n")
        }
    }

    var bytes: ByteBuffer {
        var buffer = ByteBuffer()
        write(to: &buffer)
        return buffer
    }
}
