//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import TestServers

// A web server on a free port of this machine that answers as the path asks.
enum TestUpstream {
    // 2026-11-24T00:00:00Z.
    static let now = Timestamp(milliseconds: 1_795_478_400_000)

    static func withServer<Value: Sendable>(_ body: @escaping @Sendable (Int) async throws -> Value) async throws -> Value {
        let responder = CallbackResponder<BasicRequestContext> { request, _ in
            let response = try await respond(to: request)
            return request.method == .head ? response.createHeadResponse() : response
        }
        return try await TestServer.run(responder, body)
    }

    private static func respond(to request: Request) async throws -> Response {
        let parts = request.uri.path.split(separator: "/").map(String.init)
        let argument = parts.count > 2 ? Int(parts[2]) ?? 0 : 0
        switch parts.count > 1 ? parts[1] : "" {
        case "status":
            var headers = HTTPFields()
            if let value = request.uri.queryParameters["retry-after"] {
                headers[.retryAfter] = value == "date" ? "Tue, 24 Nov 2026 00:00:25 GMT" : String(value)
            }
            return Response(status: .init(code: argument), headers: headers, body: text("status \(argument)"))
        case "size":
            return Response(status: .ok, body: text(String(repeating: "x", count: argument)))
        case "chunks":
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    for _ in 0..<argument { try await writer.write(ByteBuffer(repeating: 0x78, count: 100)) }
                    try await writer.finish(nil)
                }
            )
        case "hang":
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(3600)) }
            return Response(status: .ok)
        default:
            let body = try await request.body.collect(upTo: 1 << 20)
            func header(_ name: String) -> String { HTTPField.Name(name).flatMap { request.headers[$0] } ?? "-" }
            var headers = HTTPFields()
            if let many = HTTPField.Name("X-Many") {
                headers.append(HTTPField(name: many, value: "1"))
                headers.append(HTTPField(name: many, value: "2"))
            }
            return Response(
                status: .created,
                headers: headers,
                body: text("\(request.method) \(request.head.path ?? "") kept=\(header("X-Kept")) hop=\(header("X-Hop")) \(String(buffer: body))")
            )
        }
    }

    private static func text(_ text: String) -> ResponseBody {
        ResponseBody(byteBuffer: ByteBuffer(string: text))
    }
}
