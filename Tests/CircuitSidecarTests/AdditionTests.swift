//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import LoopbackHTTP
import NIOHTTP1
import Synchronization
import Testing

@testable import CircuitSidecar

@Suite("Additions to the protocol")
struct AdditionTests {
    @Test("each outcome goes to its own permit; one that is known, foreign or no permit is refused and changes nothing")
    func permits() async throws {
        let site = try Site(threshold: 100)
        let (first, second) = (try await site.permit(), try await site.permit())
        let other = try await site.permit(of: "b")
        #expect(await site.ask("POST /circuit/a/failure?permit=\(second)").status == 200)
        for permit in [second, other, "1-1", "x", "\(first)0", "0\(first)", "-", "%00"] {
            for verb in ["success", "failure", "cancel"] {
                let answer = await site.ask("POST /circuit/a/\(verb)?permit=\(permit)")
                #expect(answer.status == 409)
                #expect(answer.text("error")?.hasPrefix("permit is not open") == true)
            }
        }
        // The oldest that is open, for a client that sends none.
        #expect(await site.ask("POST /circuit/a/success?permit=").status == 200)
        #expect(await site.ask("POST /circuit/a/success?permit=\(first)").status == 409)
        let counts = try site.sidecar.breaker(for: "a").counts
        #expect((counts.succeeded, counts.failed, counts.forgottenPermits) == (1, 1, 0))
        #expect(site.sidecar.openPermitCount == 1)
    }

    @Test("a permit is of one sidecar: another refuses it")
    func permitsOfOthers() async throws {
        let site = try Site()
        let permit = try await site.permit()
        let other = try Site()
        _ = try await other.permit()
        #expect(await other.ask("POST /circuit/a/success?permit=\(permit)").status == 409)
    }

    @Test("a cancelled call says nothing, and a probe's slot is free again at once")
    func cancel() async throws {
        let site = try Site(threshold: 1)
        await site.ask("POST /circuit/a/failure")
        site.clock.advance(by: .seconds(10))
        let probe = try await site.permit()
        #expect(await site.ask("GET /circuit/a").text("state") == "HALF-OPEN")
        #expect(await site.ask("POST /circuit/a/cancel?permit=\(probe)").shared == Answer(status: 200, body: #"{"state":"HALF-OPEN"}"#))
        #expect(try await site.record().slots.isEmpty)
        _ = try await site.permit()
        #expect(await site.ask("POST /circuit/b/cancel") == Answer(status: 200, body: #"{"state":"CLOSED"}"#))
    }

    @Test("a probe whose client gave up while it waited is free again at once")
    func abandonedChecks() async throws {
        let site = try Site(threshold: 1)
        await site.ask("POST /circuit/a/failure")
        site.clock.advance(by: .seconds(10))
        _ = await site.sidecar.answer(.GET, "/circuit/a") { false }
        #expect(try await site.record().state == .halfOpen)
        #expect(try await site.record().slots.isEmpty)
        #expect(site.sidecar.openPermitCount == 0)
    }

    @Test("a failure carries how long the dependency wants to be left alone")
    func retryAfter() async throws {
        let site = try Site(threshold: 1)
        await site.ask("GET /circuit/a")
        await site.ask("POST /circuit/a/failure?retryAfterMs=25000")
        #expect(await site.ask("GET /circuit/a").number("retryAfterMs") == 25_000)
    }

    @Test("slow successes count by the duration that the client measured")
    func slowCalls() async throws {
        let policy = TripPolicy.failures(100, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(1), minimumCalls: 4)
        let site = try Site { $0.configuration.policy = policy }
        for _ in 0..<4 { await site.ask("POST /circuit/a/success?durationMs=1000") }
        #expect(try await site.record().state == .closed)
        // Another circuit, since chance decides how many the four of the first one stand for.
        for _ in 0..<4 {
            await site.ask("GET /circuit/b")
            await site.ask("POST /circuit/b/success?durationMs=1001")
        }
        #expect(await site.ask("GET /circuit/b/state").text("state") == "OPEN")
    }

    @Test(
        "a number that cannot be is refused with what it may be, and its permit stays open",
        arguments: ["-1", "x", "1.5", "86400001", "9e9", "%31", " 1"]
    )
    func badNumbers(text: String) async throws {
        let site = try Site()
        let permit = try await site.permit()
        for request in ["success?durationMs=\(text)&permit=\(permit)", "failure?permit=\(permit)&retryAfterMs=\(text)"] {
            let answer = await site.ask("POST /circuit/a/\(request)")
            #expect(answer.status == 400)
            #expect(answer.text("error")?.hasSuffix("but must be a whole number of milliseconds from 0 to 86400000") == true)
        }
        #expect(site.sidecar.openPermitCount == 1)
    }

    @Test("a permit that is never returned lapses: a probe's with its slot, another after the longest invocation")
    func leases() async throws {
        let site = try Site(threshold: 1)
        let lost = try await site.permit()
        site.clock.advance(by: Sidecar.lease - .milliseconds(1))
        _ = try await site.permit()
        #expect(site.sidecar.openPermits(of: "a") == 2)
        site.clock.advance(by: .seconds(1))
        _ = try await site.permit()
        #expect(site.sidecar.openPermits(of: "a") == 2)
        #expect(site.sidecar.lapsedPermits == 1)
        #expect(await site.ask("POST /circuit/a/failure?permit=\(lost)").status == 409)
        #expect(try await site.record().state == .closed)
        await site.ask("POST /circuit/b/failure")
        site.clock.advance(by: .seconds(10))
        _ = try await site.permit(of: "b")
        site.clock.advance(by: .seconds(12))
        _ = try await site.permit(of: "b")
        #expect(site.sidecar.openPermits(of: "b") == 1)
    }

    @Test("the state of a circuit is shown and not changed")
    func state() async throws {
        let site = try Site(threshold: 2)
        await site.ask("POST /circuit/a/failure")
        #expect(
            await site.ask("GET /circuit/a/state")
                == Answer(
                    status: 200,
                    body: #"{"state":"CLOSED","window":{"calls":1,"failures":1,"slowCalls":0},"openPermits":0,"isStoreLost":false}"#
                )
        )
        await site.ask("POST /circuit/a/failure")
        site.clock.advance(by: .seconds(10))
        let before = try await site.record()
        let shown = await site.ask("GET /circuit/a/state")
        #expect((shown.text("state"), shown.number("retryAfterMs")) == ("OPEN", 0))
        #expect(shown.text("reason")?.hasPrefix("2 failures") == true)
        #expect(try await site.record() == before)
        #expect(await site.ask("GET /circuits") == Answer(status: 200, body: #"{"circuits":[{"id":"a","state":"OPEN","openPermits":0}]}"#))
    }

    @Test("metrics are in Prometheus' form")
    func metrics() async throws {
        let site = try Site(threshold: 1)
        await site.ask("POST /circuit/a/failure")
        await site.ask("GET /circuit/a")
        await site.ask("GET /circuit/b")
        let lines = await site.ask("GET /metrics").body.split(separator: "\n")
        for line in [
            #"circuit_breaker_calls_total{circuit="a",outcome="failure"} 1"#, #"circuit_breaker_calls_total{circuit="a",outcome="rejected"} 1"#,
            #"circuit_breaker_state{circuit="a"} 2"#, #"circuit_breaker_state{circuit="b"} 0"#, #"circuit_breaker_open_permits{circuit="b"} 1"#,
            #"circuit_breaker_state_changes_total{circuit="a"} 1"#, #"circuit_breaker_store_errors_total{circuit="a"} 0"#,
            #"circuit_breaker_order_changes_total{circuit="b"} 0"#, "circuit_breaker_usable 1",
        ] { #expect(lines.contains { $0 == line }, "\(line)") }
        for line in lines {
            #expect(line.hasPrefix("# ") || line.wholeMatch(of: /[a-z_]+(\{([a-z]+="[A-Za-z0-9._:-]*",?)+\})? [0-9]+/) != nil, "\(line)")
        }
    }

    @Test("what can never work is said in every answer and once in the log, and every call is allowed")
    func unusable() async throws {
        let site = try Site(fault: "no table: set CIRCUITBREAKER_TABLE")
        let reason = #""reason":"no table: set CIRCUITBREAKER_TABLE"}"#
        for _ in 0..<5 {
            #expect(await site.ask("GET /circuit/a") == Answer(status: 200, body: #"{"allowed":true,"state":"CLOSED","# + reason))
            #expect(await site.ask("POST /circuit/a/failure") == Answer(status: 200, body: #"{"state":"CLOSED","# + reason))
        }
        #expect(await site.ask("GET /circuit/a/state") == Answer(status: 200, body: #"{"state":"CLOSED","# + reason))
        #expect(await site.ask("GET /health") == Answer(status: 200, body: #"{"status":"ok","# + reason))
        #expect(await site.ask("GET /circuit/a%20b").status == 400)
        await site.sidecar.prepare()
        #expect(site.lines.all.withLock { $0 } == ["error CircuitBreaker: every call is allowed, since no circuit can be kept"])
    }

    @Test("after a restore from a snapshot it is another environment, which knows nothing yet")
    func snapshots() async throws {
        let uptime = Mutex<Int64>(0)
        let clock = ManualClock()
        let store = InMemoryStore(clock: clock)
        var settings = SidecarSettings()
        settings.isSnapshot = true
        let sidecar = try Sidecar(settings, store: store, clock: clock, uptime: { uptime.withLock { $0 } }, logger: LogLines().logger)
        func pass(_ duration: Duration, isStopped: Bool) {
            clock.advance(by: duration)
            if !isStopped { uptime.withLock { $0 += duration.milliseconds } }
        }
        let first = try sidecar.breaker(for: "a")
        let permit = try #require(Answer(await sidecar.answer(.GET, "/circuit/a")).text("permit"))
        pass(.seconds(3600), isStopped: false)
        #expect(try sidecar.breaker(for: "a") === first)
        pass(.seconds(3600), isStopped: true)
        let second = try sidecar.breaker(for: "a")
        #expect(second !== first)
        #expect(second.environment != first.environment)
        #expect(second.view.age == nil)
        #expect(sidecar.openPermitCount == 0)
        #expect(Answer(await sidecar.answer(.POST, "/circuit/a/success?permit=\(permit)")).status == 409)
    }

    @Test("of the requests that are the first after a restore, one makes it another environment")
    func firstRequests() async throws {
        let clock = ManualClock()
        var settings = SidecarSettings()
        settings.isSnapshot = true
        let sidecar = try Sidecar(settings, store: InMemoryStore(clock: clock), clock: clock, uptime: { 0 }, logger: LogLines().logger)
        for _ in 0..<500 {
            clock.advance(by: .seconds(3600))
            let environments = try await withThrowingTaskGroup(of: EnvironmentID.self) { group in
                for _ in 0..<8 { group.addTask { try sidecar.breaker(for: "a").environment } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(environments.count == 1)
        }
    }
}
