//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerTesting
import Synchronization
import Testing

@testable import CircuitSidecar

@Suite("Lines of metrics for CloudWatch", .timeLimit(.minutes(1))) struct MetricLineTests {
    private func site() throws -> Site {
        try Site { $0.writesMetrics = true }
    }

    private func sums(_ site: Site, of circuit: String = "a") throws -> [String: Double] {
        var sums: [String: Double] = [:]
        for line in site.metrics.all.withLock({ $0 }) {
            let line = try JSON(parsing: Array(line.utf8))
            guard line["Circuit"]?.string == circuit else { continue }
            let directive = try #require(line["_aws"]?["CloudWatchMetrics"]?.array?.first)
            #expect(directive["Namespace"] == "CircuitBreaker" && directive["Dimensions"] == [["Circuit"]])
            for metric in directive["Metrics"]?.array ?? [] {
                let name = try #require(metric["Name"]?.string)
                let value = try #require(line[name])
                for case .number(let number) in value.array ?? [value] { sums[name, default: 0] += number.double }
            }
        }
        return sums
    }

    @Test func whatCallsCameToAddsUp() async throws {
        let site = try site()
        for _ in 0..<3 {
            let permit = try await site.permit()
            site.clock.advance(by: .milliseconds(400))
            await site.ask("POST /circuit/a/failure?permit=\(permit)")
        }
        for _ in 0..<5 {
            site.clock.advance(by: .milliseconds(400))
            #expect(await site.ask("GET /circuit/a").body.contains(#""allowed":false"#))
        }
        // One line a second.
        let lines = site.metrics.all.withLock { $0.count }
        #expect(lines == 3)
        site.sidecar.metricLines?.lookAtAll()
        let sums = try sums(site)
        #expect(sums["Calls"] == 8 && sums["Failures"] == 3 && sums["Rejections"] == 5 && sums["StateChanges"] == 1)
        #expect(sums["CallMilliseconds"] == 1200)
    }

    @Test func whileAllIsWellThereIsOneAMinute() async throws {
        let site = try site()
        for _ in 0..<119 {
            let permit = try await site.permit()
            await site.ask("POST /circuit/a/success?permit=\(permit)")
            site.clock.advance(by: .seconds(1))
        }
        #expect(site.metrics.all.withLock { $0.count } == 1)
    }

    @Test func eachCircuitHasItsOwn() async throws {
        let site = try site()
        for circuit in ["a", "b", "b"] {
            let permit = try await site.permit(of: circuit)
            await site.ask("POST /circuit/\(circuit)/failure?permit=\(permit)")
        }
        site.sidecar.metricLines?.lookAtAll()
        #expect(try sums(site)["Failures"] == 1)
        #expect(try sums(site, of: "b")["Failures"] == 2)
    }

    @Test func withoutTheSettingThereAreNone() async throws {
        let site = try Site()
        let permit = try await site.permit()
        await site.ask("POST /circuit/a/failure?permit=\(permit)")
        #expect(site.metrics.all.withLock { $0.isEmpty })
    }
}
