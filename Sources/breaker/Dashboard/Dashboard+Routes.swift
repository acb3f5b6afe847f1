//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import HTTPTypes
import Hummingbird
import NIOCore

extension Dashboard {
    // A command is a few words.
    private static let largestBody = 4096

    // Nil: the path is the fleet's.
    func respond(to request: Request, from remoteAddress: String?) async -> Response? {
        let target = (request.head.path ?? "/").prefix { $0 != "?" }
        guard target == Self.path || target.hasPrefix(Self.path + "/") else { return nil }
        let name = String(target.dropFirst(Self.path.count + 1))
        let access = SameOrigin(
            remoteAddress: remoteAddress,
            host: request.head.authority,
            origin: request.headers[.origin],
            fetchSite: HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] }
        )
        do throws(Refusal) {
            switch request.method {
            case .get, .head:
                try access.checkRead()
                if name == "events" { return try events(request) }
                guard let file = PageFile(rawValue: name) else { throw Refusal(status: 404, message: "there is nothing at \(target.prefix(80))") }
                return request.method == .head ? file.response.createHeadResponse() : file.response
            case .post:
                try access.checkControl()
                return Response(try await perform(try command(name, request)).json)
            default:
                throw Refusal(status: 405, message: "GET shows the dashboard, POST commands it; \(request.method.rawValue.prefix(20)) does neither")
            }
        } catch {
            return Response(error.json, status: .init(code: error.status))
        }
    }

    private func command(_ name: String, _ request: Request) async throws(Refusal) -> DashboardCommand {
        let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        guard type == "application/json" else {
            throw .bad("Content-Type", request.headers[.contentType].map { .string($0) }, "application/json")
        }
        guard let body = try? await request.body.collect(upTo: Self.largestBody) else {
            throw Refusal(status: 400, message: "the body is too large: a command has at most \(Self.largestBody) bytes")
        }
        return try DashboardCommand(name, body: Array(body.readableBytesView))
    }
}

extension Response {
    init(_ json: JSON, status: HTTPResponse.Status = .ok) {
        self.init(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes))
        )
    }
}
