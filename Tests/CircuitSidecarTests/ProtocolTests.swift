//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import LoopbackHTTP
import NIOHTTP1
import Testing

@testable import CircuitSidecar

// What clients of circuitbreaker-lambda's sidecar rely on, byte for byte.
@Suite("The protocol of circuitbreaker-lambda's sidecar")
struct ProtocolTests {
    @Test("health, and what is not found, invalid or not allowed, in that order")
    func refusals() async throws {
        let site = try Site()
        let notFound = Answer(status: 404, body: #"{"error":"not found — use /circuit/{id}"}"#)
        let tooLong = Answer(status: 400, body: #"{"error":"circuit ID too long (max 256 characters)"}"#)
        let invalid = Answer(status: 400, body: #"{"error":"circuit ID contains invalid characters"}"#)
        let notAllowed = Answer(status: 405, body: #"{"error":"method not allowed"}"#)
        let longest = String(repeating: "x", count: 256)
        let rows: [(String, Answer)] = [
            ("GET /health", Answer(status: 200, body: #"{"status":"ok"}"#)), ("GET /health?x=1", Answer(status: 200, body: #"{"status":"ok"}"#)),
            ("POST /health", notFound), ("HEAD /health", notFound), ("GET /health/", notFound), ("GET /", notFound), ("GET *", notFound),
            ("OPTIONS *", notFound), ("GET /circuit", notFound), ("GET /circuit/", notFound), ("GET /circuit//", notFound),
            ("POST /circuit//success", notFound), ("GET /circuits/a", notFound), ("GET /Circuit/a", notFound), ("GET //circuit/a", notFound),
            ("PUT /", notFound), ("POST /circuits", notFound), ("POST /metrics", notFound), ("GET /circuit?id=a", notFound),
            ("GET /circuit/\(longest)x", tooLong), ("DELETE /circuit/\(longest)x/y", tooLong), ("GET /circuit/\(longest)%20", tooLong),
            ("GET /circuit/a%20b", invalid), ("GET /circuit/%61", invalid), ("GET /circuit/a,b", invalid), ("GET /circuit/ä", invalid),
            ("GET /circuit/a~", invalid), ("POST /circuit/a+b/success", invalid), ("DELETE /circuit/a@b", invalid), ("GET /circuit/a%2Fb", invalid),
            ("POST /circuit/a", notAllowed), ("DELETE /circuit/a", notAllowed), ("HEAD /circuit/a", notAllowed), ("OPTIONS /circuit/a", notAllowed),
            ("PUT /circuit/a/success", notAllowed), ("GET /circuit/a/success", notAllowed), ("GET /circuit/a/failure", notAllowed),
            ("POST /circuit/a/success/", notAllowed), ("POST /circuit/a/failure/x", notAllowed), ("POST /circuit/a/", notAllowed),
            ("GET /circuit/a//", notAllowed), ("GET /circuit/a/b", notAllowed), ("POST /circuit/a/reset", notAllowed),
            ("POST /circuit/a/state", notAllowed), ("GET /circuit/a/cancel", notAllowed),
        ]
        for (request, expected) in rows { #expect(await site.ask(request) == expected, "\(request)") }
        #expect(site.memory.count == 0)
        #expect(site.sidecar.openPermitCount == 0)
    }

    @Test(
        "ids of all characters that are allowed, with a query, a slash behind or a whole address",
        arguments: ["a", "A.b_c:d-9", "..", String(repeating: "x", count: 256)]
    )
    func ids(id: String) async throws {
        let site = try Site()
        for request in ["/circuit/\(id)", "/circuit/\(id)/", "/circuit/\(id)?x=/y/z", "http://127.0.0.1:4243/circuit/\(id)"] {
            #expect(await site.ask("GET \(request)").shared == Answer(status: 200, body: #"{"allowed":true,"state":"CLOSED"}"#))
        }
        #expect(await site.ask("POST /circuit/\(id)/success?x=1") == Answer(status: 200, body: #"{"state":"CLOSED"}"#))
    }

    @Test("a circuit's whole round")
    func round() async throws {
        let site = try Site(threshold: 2)
        func replay(_ rows: [(String, String)]) async {
            for (request, body) in rows { #expect(await site.ask(request).shared == Answer(status: 200, body: body), "\(request)") }
        }
        await replay([
            ("GET /circuit/a", #"{"allowed":true,"state":"CLOSED"}"#), ("POST /circuit/a/success", #"{"state":"CLOSED"}"#),
            ("GET /circuit/a", #"{"allowed":true,"state":"CLOSED"}"#), ("POST /circuit/a/failure", #"{"state":"CLOSED"}"#),
            ("GET /circuit/a", #"{"allowed":true,"state":"CLOSED"}"#),
            ("POST /circuit/a/failure", #"{"state":"OPEN","transition":"CLOSED -> OPEN"}"#),
            ("GET /circuit/a", #"{"allowed":false,"state":"OPEN"}"#), ("GET /circuit/a/", #"{"allowed":false,"state":"OPEN"}"#),
        ])
        let rejected = await site.ask("GET /circuit/a")
        #expect(rejected.number("retryAfterMs") == 10_000)
        #expect(rejected.text("reason")?.contains("2 failures within 60 s reached the threshold of 2") == true)
        site.clock.advance(by: .seconds(10))
        await replay([
            ("GET /circuit/a", #"{"allowed":true,"state":"HALF-OPEN","transition":"OPEN -> HALF-OPEN"}"#),
            ("POST /circuit/a/failure", #"{"state":"OPEN","transition":"HALF-OPEN -> OPEN"}"#),
            ("GET /circuit/a", #"{"allowed":false,"state":"OPEN"}"#),
        ])
        site.clock.advance(by: .seconds(20))
        await replay([
            ("GET /circuit/a", #"{"allowed":true,"state":"HALF-OPEN","transition":"OPEN -> HALF-OPEN"}"#),
            ("POST /circuit/a/success", #"{"state":"HALF-OPEN"}"#), ("GET /circuit/a", #"{"allowed":true,"state":"HALF-OPEN"}"#),
            ("POST /circuit/a/success", #"{"state":"CLOSED","transition":"HALF-OPEN -> CLOSED"}"#),
            ("GET /circuit/a", #"{"allowed":true,"state":"CLOSED"}"#), ("POST /circuit/a/success", #"{"state":"CLOSED"}"#),
        ])
    }

    @Test("what it gets wrong is not matched: one probe, nothing is re-armed, HALF-OPEN is read as such")
    func defects() async throws {
        let site = try Site(threshold: 1)
        await site.ask("GET /circuit/a")
        await site.ask("POST /circuit/a/failure")
        let next = try await site.record().nextAttempt
        // It would answer OPEN -> OPEN, and begin the wait again.
        let late = await site.ask("POST /circuit/a/failure")
        #expect(late.shared == Answer(status: 200, body: #"{"state":"OPEN"}"#))
        #expect(late.text("reason")?.hasPrefix("not counted") == true)
        #expect(try await site.record().nextAttempt == next)
        site.clock.advance(by: .seconds(10))
        #expect(await site.ask("GET /circuit/a").text("transition") == "OPEN -> HALF-OPEN")
        let second = await site.ask("GET /circuit/a")
        #expect(second.shared == Answer(status: 200, body: #"{"allowed":false,"state":"HALF-OPEN"}"#))
        // A success of nobody's probe closes nothing.
        await site.ask("POST /circuit/a/success")
        let stray = await site.ask("POST /circuit/a/success")
        #expect(stray.text("state") == "HALF-OPEN")
        #expect(stray.text("reason")?.hasPrefix("not counted") == true)
        #expect(try await site.record().successCount == 1)
        // Another sidecar reads what this one wrote.
        let other = try Sidecar(site.sidecar.settings, store: site.memory, clock: site.clock, logger: site.lines.logger)
        #expect(Answer(await other.answer(.GET, "/circuit/a")).shared == Answer(status: 200, body: #"{"allowed":true,"state":"HALF-OPEN"}"#))
    }

    @Test("an outcome without a check counts while the circuit is CLOSED, as there")
    func outcomesWithoutChecks() async throws {
        let site = try Site()
        for transition in [nil, nil, "CLOSED -> OPEN"] { #expect(await site.ask("POST /circuit/a/failure").text("transition") == transition) }
        #expect(try await site.record().state == .open)
    }

    @Test("store errors answer 200, and calls go on")
    func lostStore() async throws {
        let site = try Site()
        site.store.inject(.refuse)
        for _ in 0..<3 {
            #expect(await site.ask("GET /circuit/a").shared == Answer(status: 200, body: #"{"allowed":true,"state":"CLOSED"}"#))
            #expect(await site.ask("POST /circuit/a/success") == Answer(status: 200, body: #"{"state":"CLOSED"}"#))
        }
    }
}
