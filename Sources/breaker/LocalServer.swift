//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import HTTPTypes
import Hummingbird
import LocalFleet
import Logging
import LoopbackAccess
import NIOCore
import UnreliableService

// A fleet behind a web server on this machine.
struct LocalServer: Sendable {
    static let countsPath = "/_breaker/counts"
    let fleet: LocalFleet
    let circuit: String
    let store: InMemoryStore
    let dashboard: Dashboard?
    let port: Int
    let logger: Logger
    var limits = ConnectionLimits()

    // Returns after a signal asked to stop and the requests under way are answered or cancelled.
    func run(onStart: @escaping @Sendable (Int) async -> Void) async throws {
        let server = LoopbackServer(port: port, logger: logger, limits: limits)
        try await server.run(with: dashboard.map { [$0.load] } ?? [], onStart: onStart) { request, access in await respond(to: request, access) }
    }

    private func respond(to request: Request, _ access: LoopbackAccess) async -> Response {
        if let response = await dashboard?.respond(to: request, access) { return response }
        do throws(Refusal) {
            try Refusal.unless(access.check)
            if request.uri.path == Self.countsPath { return await counts() }
            let answer = await fleet.handle(try await ServiceRequest(request))
            let response = Response(answer ?? ServiceResponse(message: "Service Unavailable", status: 503, outcome: .unused))
            return request.method == .head ? response.createHeadResponse() : response
        } catch {
            return Response(error)
        }
    }

    private func counts() async -> Response {
        let record = try? await store.read(circuit, consistent: true)
        let text = LocalReport.json(fleet.counts, circuit: circuit, state: record?.state ?? .closed)
        return Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
