//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import HTTPTypes
import Hummingbird
import LoopbackAccess
import NIOCore

extension Dashboard {
    // Nil: the path is the fleet's.
    func respond(to request: Request, _ access: LoopbackAccess) async -> Response? {
        let target = (request.head.path ?? "/").prefix { $0 != "?" }
        guard target == Self.path || target.hasPrefix(Self.path + "/") else { return nil }
        do throws(Refusal) {
            return try await answer(String(target.dropFirst(Self.path.count + 1)), to: request, access)
        } catch {
            return Response(error)
        }
    }

    private func answer(_ name: String, to request: Request, _ access: LoopbackAccess) async throws(Refusal) -> Response {
        switch request.method {
        case .get, .head:
            if name == "events" {
                // Only so many may be open, so that no other page may open one.
                try Refusal.unless(access.check)
                return try events(request)
            }
            try Refusal.unless(access.checkNavigation)
            guard let file = PageFile(rawValue: name) else {
                throw Refusal(status: 404, message: "there is nothing at \(Self.path)/\(name.prefix(80))")
            }
            return request.method == .head ? file.response.createHeadResponse() : file.response
        case .post:
            try Refusal.unless(access.checkControl)
            return Response(try await perform(try command(name, request)).json)
        default:
            throw Refusal(status: 405, message: "GET shows the dashboard, POST commands it; \(request.method.rawValue.prefix(20)) does neither")
        }
    }

    private func command(_ name: String, _ request: Request) async throws(Refusal) -> DashboardCommand {
        try DashboardCommand(name, body: try await request.commandBody())
    }
}

extension Response {
    init(_ refusal: Refusal) {
        self.init(refusal.json, status: .init(code: refusal.status))
        // What is left of the body is no request.
        if refusal.status == 413 { headers[.connection] = "close" }
    }

    init(_ json: JSON, status: HTTPResponse.Status = .ok) {
        self.init(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes))
        )
    }
}
