//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreakerTesting
import Testing

@testable import CircuitBreaker

@Suite("Evidence")
struct EvidenceTests {
    @Test("the record keeps since when the trouble lasts, over all reopenings, the last error's type, and who saw it and changed the state")
    func kept() async throws {
        let fleet = try Fleet(2)
        await fleet[0].succeeds()
        #expect(try await fleet.record().evidence == Evidence())
        let first = fleet.clock.now
        await fleet[0].fails()
        fleet.clock.advance(by: .seconds(12))
        await fleet[1].fails()
        #expect(try await fleet.record().evidence.lastError == .init(type: "Broken", reporter: ProcessName.current))
        await fleet[1].fails(Busy(retryAfter: nil))
        var record = try await fleet.record()
        let since = try #require(record.evidence.troubleSince)
        #expect(record.state == .open && since <= first && since.duration(to: first) <= .seconds(6))
        #expect(record.evidence.changedBy == ProcessName.current)
        #expect(record.evidence.lastError?.type == "Busy")
        for error in [Broken() as any Error, Busy(retryAfter: nil)] {
            fleet.clock.advance(by: .seconds(60))
            await fleet[0].fails(error)
            record = try await fleet.record()
            #expect(record.state == .open && record.evidence.troubleSince == since)
            #expect(record.evidence.lastError?.type == "\(type(of: error))")
        }
        fleet.clock.advance(by: .seconds(60))
        for _ in 0..<2 { await fleet[1].succeeds() }
        record = try await fleet.record()
        #expect(record.state == .closed && record.evidence.troubleSince == nil)
        #expect(record.evidence.lastError?.type == "Busy")
    }

    @Test("a result that is judged a failure, and a call that timed out, are named too")
    func withoutError() async throws {
        let fleet = try Fleet(1)
        _ = await fleet[0].result(judging: { _ in .failure() }, of: { 1 })
        #expect(try await fleet.record().evidence.lastError?.type == "result judged a failure")
        try await fleet[0].permit().fail()
        #expect(try await fleet.record().evidence.lastError?.type == "failure without an error")
    }

    @Test("a process is named by function and log stream on Lambda, by host and process elsewhere")
    func names() {
        let stream = "2026/11/26/[$LATEST]3893aaaa7fac4485b47bb75b671a283c"
        #expect(ProcessName.name(function: "payments", logStream: stream, host: "h", process: 7) == "payments \(stream)")
        #expect(ProcessName.name(function: "payments", logStream: nil, host: "h", process: 7) == "payments")
        #expect(ProcessName.name(function: nil, logStream: stream, host: "web-3", process: 7) == "web-3/7")
        #expect(!ProcessName.current.isEmpty)
    }

    @Test("a long type and a long name are shortened as the record's other texts are")
    func long() {
        let error = Evidence.LastError(type: String(repeating: "é", count: 100), reporter: String(repeating: "x", count: 200))
        #expect(error.type.utf8.count == 96 && error.reporter.utf8.count == 96)
    }
}
