//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LoopbackHTTP
import NIOCore
import NIOHTTP1
import SafeText

// A body of JSON, its members in the order in which circuitbreaker-lambda's sidecar writes them, and additions behind.
struct SidecarAnswer {
    private var text = "{"

    private mutating func name(_ name: String) {
        if text != "{" { text += "," }
        text.appendJSON(name)
        text += ":"
    }

    func with(_ name: String, _ value: String?) -> Self {
        guard let value else { return self }
        var answer = self
        answer.name(name)
        answer.text.appendJSON(value)
        return answer
    }

    func with(_ name: String, _ value: Bool) -> Self { with(name, json: value ? "true" : "false") }

    func with(_ name: String, _ value: some BinaryInteger) -> Self { with(name, json: "\(value)") }

    func with(_ name: String, json: String?) -> Self {
        guard let json else { return self }
        var answer = self
        answer.name(name)
        answer.text += json
        return answer
    }

    var json: String { text + "}" }

    func http(_ status: HTTPResponseStatus = .ok) -> HTTPAnswer { .json(status, ByteBuffer(string: json)) }
}

extension HTTPAnswer {
    static func refusal(_ status: HTTPResponseStatus, _ message: String) -> HTTPAnswer {
        SidecarAnswer().with("error", message).http(status)
    }
}
