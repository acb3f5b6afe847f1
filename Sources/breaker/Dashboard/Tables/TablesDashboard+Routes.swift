//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import HTTPTypes
import Hummingbird
import LoopbackAccess

extension TablesDashboard {
    func respond(to request: Request, _ access: LoopbackAccess) async -> Response {
        do throws(Refusal) {
            let response = try await answer(request, access)
            return request.method == .head ? response.createHeadResponse() : response
        } catch {
            return Response(error)
        }
    }

    private func answer(_ request: Request, _ access: LoopbackAccess) async throws(Refusal) -> Response {
        let target = (request.head.path ?? "/").prefix { $0 != "?" }
        guard target == Dashboard.path || target.hasPrefix(Dashboard.path + "/") else {
            try Refusal.unless(access.checkNavigation)
            guard target == "/" else {
                throw Refusal(status: 404, message: "there is nothing at \(target.prefix(80)); the page is at \(Dashboard.path)")
            }
            return .redirect(to: Dashboard.path)
        }
        let name = String(target.dropFirst(Dashboard.path.count + 1))
        switch request.method {
        case .get, .head: return try await show(name, request, access)
        case .post:
            try Refusal.unless(access.checkControl)
            // Before a word of the body is looked at.
            if author == nil { throw Refusal(status: 403, message: "this page only shows: to give orders, start it with --allow-orders") }
            let order = try TableOrder(name, body: try await request.commandBody(), tables: tables.tables.count)
            return Response(try await perform(order))
        default:
            throw Refusal(status: 405, message: "GET shows the dashboard, POST gives orders; \(request.method.rawValue.prefix(20)) does neither")
        }
    }

    private func show(_ name: String, _ request: Request, _ access: LoopbackAccess) async throws(Refusal) -> Response {
        let parameters = request.uri.queryParameters
        switch name {
        case "circuits":
            // Asking costs read units, so no other page may ask.
            try Refusal.unless(access.check)
            return Response(await changes(since: parameters["after"].map { String($0) }))
        case "circuit":
            try Refusal.unless(access.check)
            return Response(try await circuit(parameters["table"].map { String($0) }, parameters["id"].map { String($0) }))
        default:
            try Refusal.unless(access.checkNavigation)
            guard let file = name.isEmpty ? .tables : PageFile(rawValue: name), file != .index else {
                throw Refusal(status: 404, message: "there is nothing at \(Dashboard.path)/\(name.prefix(80))")
            }
            return file.response
        }
    }
}
