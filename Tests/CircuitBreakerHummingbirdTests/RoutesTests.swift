//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerHummingbird
import CircuitBreakerTesting
import Foundation
import Hummingbird
import NIOHTTP1
import Testing

@Suite struct RoutesTests {
    private struct Down: Error {}

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func healthNamesWhatIsNotWellAndStaysUp() async throws {
        let bench = try Bench()
        try await bench.serve { router in
            router.addCircuitRoutes(of: bench.breaker)
            router.group("/strict").addCircuitRoutes(of: bench.breaker) { $0.view.state == .open }
        } _: { port async throws in
            let well = try await bench.get(port, "/health")
            #expect(well.status == 200)
            #expect(well.body == #"{"circuits":1,"notClosed":0,"states":{},"status":"ok","storeLost":0}"#)
            #expect(well.headers["content-type"] == ["application/json"])
            #expect(try await bench.get(port, "/strict/health").status == 200)

            for _ in 0..<2 { _ = try? await bench.breaker.run { throw Down() } }
            let degraded = try await bench.get(port, "/health")
            #expect(degraded.status == 200)
            #expect(degraded.body == #"{"circuits":1,"notClosed":1,"states":{"quotes":"OPEN"},"status":"degraded","storeLost":0}"#)
            #expect(try await bench.get(port, "/strict/health").status == 503)
        }
    }

    @Test func circuitsShowWhyAndWhenAndHowMany() async throws {
        let bench = try Bench()
        let other = try CircuitBreaker("others", clock: bench.clock)
        try await other.forceOpen(for: nil, by: "Ann", why: "a \"test\"\n")
        try await bench.serve { router in
            router.addCircuitRoutes(of: bench.breaker, other)
        } _: { port async throws in
            _ = try? await bench.breaker.run { throw Down() }
            let counting = try #require(try object(try await bench.get(port, "/circuits").body)["circuits"] as? [[String: Any]])
            #expect((counting[1]["window"] as? [String: Int]) == ["calls": 1, "failures": 1, "slowCalls": 0])
            _ = try? await bench.breaker.run { throw Down() }
            bench.clock.advance(by: .seconds(2))
            let answer = try await bench.get(port, "/circuits")
            #expect(answer.status == 200)
            let circuits = try #require(try object(answer.body)["circuits"] as? [[String: Any]])
            #expect(circuits.map { $0["id"] as? String } == ["others", "quotes"])
            let order = try #require(circuits[0]["order"] as? [String: Any])
            #expect(order["by"] as? String == "Ann")
            #expect(order["why"] as? String == "a \"test\"\n")
            #expect(circuits[0]["state"] as? String == "OPEN")
            #expect(circuits[0]["stateWithoutOrder"] as? String == "CLOSED")
            #expect(circuits[1]["state"] as? String == "OPEN")
            #expect(circuits[1]["retryAfterMs"] as? Int == 8000)
            #expect((circuits[1]["reason"] as? String)?.hasPrefix("2 failures") == true)
            #expect((circuits[1]["counts"] as? [String: Int])?["failed"] == 2)
        }
    }

    @Test func thoseOfARegistryAreThoseThatItHolds() async throws {
        let bench = try Bench()
        let registry = try CircuitBreakerRegistry(prefix: "tenant:", configuration: bench.breaker.configuration, clock: bench.clock)
        try await bench.serve { router in
            router.addCircuitRoutes(of: registry)
        } _: { port async throws in
            #expect(try await bench.get(port, "/circuits").body == #"{"circuits":[]}"#)
            for number in 0..<200 {
                for _ in 0..<2 { _ = try? await registry.breaker(for: "\(number)").run { throw Down() } }
            }
            let health = try object(try await bench.get(port, "/health").body)
            #expect(health["notClosed"] as? Int == 200)
            #expect((health["states"] as? [String: String])?.count == 100)
        }
    }

    @Test func whatRunThrowsIsAnAnswer() async throws {
        let bench = try Bench()
        try await bench.serve { router in
            router.get("/quote") { _, _ in try await bench.breaker.run { () async throws(Down) -> String in throw Down() } }
            router.get("/late") { _, _ -> Response in throw CircuitBreakerError.timedOut(after: .seconds(3)) }
        } _: { port async throws in
            for _ in 0..<2 { #expect(try await bench.get(port, "/quote").status == 500) }
            let rejected = try await bench.get(port, "/quote")
            #expect(rejected.status == 503)
            #expect(rejected.headers["retry-after"] == ["10"])
            #expect(rejected.headers["content-type"] == ["application/problem+json"])
            #expect(try await bench.get(port, "/late").status == 504)
        }
    }

    @Test func anotherCircuitsRejectionInARouteSaysNothingAboutItsOwn() async throws {
        let bench = try Bench()
        let inner = try CircuitBreaker("inner", configuration: bench.breaker.configuration, clock: bench.clock)
        for _ in 0..<2 { _ = try? await inner.run { throw Down() } }
        try await bench.serve { router in
            router.group("/quote").add(middleware: CircuitBreakerMiddleware(bench.breaker)).get { _, _ in try await inner.run { "quote" } }
        } _: { port async throws in
            for _ in 0..<3 { #expect(try await bench.get(port, "/quote").status == 503) }
        }
        #expect(bench.breaker.counts.returnedUnused == 3)
    }
}
