//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerValkey
import Foundation
import Testing
import ValkeySupport

@testable import breaker

// The built program on a real server of Valkey.
@Suite("breaker --store", .enabled("needs scripts/get-valkey") { ValkeyServer.isHere }, .timeLimit(.minutes(5)))
struct ValkeyOperateTests {
    private struct Stage {
        let server: ValkeyServer
        let store: ValkeyStore

        init() async throws {
            server = try await ValkeyServer(["--requirepass", "sesame"])
            store = ValkeyStore.patient(url: "valkey://:sesame@127.0.0.1:\(server.port)")
        }

        var url: String { "valkey://:sesame@127.0.0.1:\(server.port)/0" }

        func run(_ arguments: String..., variables: [String: String] = [:]) async throws -> BreakerProcess.Ended {
            try await BreakerProcess(arguments, environment: BreakerProcess.nobody.merging(variables) { $1 }).wait()
        }

        func open(_ id: String) async throws {
            struct Broken: Error {}
            let breaker = try CircuitBreaker(id, store: store, policy: .failures(1, within: .seconds(60)))
            _ = try? await breaker.run { () async throws in throw Broken() }
        }
    }

    @Test func operatesCircuitsFromTheListToTheirHistory() async throws {
        let stage = try await Stage()
        try await stage.open("payments")
        for number in 0..<300 { _ = try await stage.store.report(CircuitReport(epoch: .zero, buckets: [], streak: .add(1)), to: "c\(number)") }
        let listed = try await stage.run("list", "--store", stage.url)
        let lines = listed.output.split(separator: "\n")
        #expect(listed.status == 0 && lines.count == 302 && lines[1].hasPrefix("payments") && lines[1].contains("OPEN"), "\(listed)")
        let shown = try await stage.run("show", "payments", "--status", variables: ["CIRCUITBREAKER_STORE": stage.url])
        #expect(shown.status == 3, "\(shown)")
        let given = try await stage.run("close", "payments", "--for", "15m", "--why", "bad deploy", "--by", "ann", "--yes", "--store", stage.url)
        #expect(given.status == 0 && given.output.contains("FORCE-CLOSED"), "\(given)")
        #expect(try await stage.store.read("payments", consistent: true)?.order?.by == "ann")
        let lifted = try await stage.run("lift", "payments", "--why", "over", "--yes", "--store", stage.url)
        #expect(lifted.status == 0, "\(lifted)")
        let reset = try await stage.run("reset", "payments", "--why", "fixed", "--yes", "--store", stage.url)
        #expect(reset.status == 0, "\(reset)")
        let history = try await stage.run("history", "payments", "--json", "--store", stage.url)
        let record = try #require(try await stage.store.read("payments", consistent: true))
        #expect(history.status == 0 && record.state == .closed && record.history.count == 4, "\(history)")
        let user = record.history.compactMap { entry in if case .lifted(let by, _) = entry.event { by } else { nil } }
        #expect(user.first?.contains("@") == true, "nobody of AWS is asked for a name")
        await stage.store.shutdown()
    }

    @Test func saysWhatIsWrongAndNeverThePassword() async throws {
        let stage = try await Stage()
        let place = "valkey://127.0.0.1:\(stage.server.port)/0"
        for (arguments, words, status) in [
            (["show", "nothing", "--store", stage.url], ["no circuit 'nothing' in \(place)", "breaker list --store '\(place)'"], 1),
            (
                ["open", "nothing", "--for", "1m", "--why", "x", "--by", "a", "--store", stage.url],
                ["no circuit 'nothing' in \(place)", "--create"], 1
            ),
            (["list", "--store", "valkey://127.0.0.1:\(stage.server.port)"], ["user:password@"], 1),
            (["list", "--store", "valkey://:wrong@127.0.0.1:\(stage.server.port)"], ["check user and password"], 1),
            (["list", "--store", "http://127.0.0.1"], ["--store", "valkey://"], 2),
            (["list", "--store", stage.url, "--table", "circuits"], ["--table or --store, not both"], 2),
            (["dashboard", "--store", stage.url, "--store", stage.url], ["named twice"], 2),
        ] {
            let ended = try await BreakerProcess(arguments, environment: BreakerProcess.nobody).wait()
            #expect(ended.status == Int32(status) && words.allSatisfy { ended.error.contains($0) } && !ended.error.contains("sesame"), "\(ended)")
        }
        let both = try await stage.run("list", variables: ["CIRCUITBREAKER_STORE": stage.url, "CIRCUITBREAKER_TABLE": "circuits"])
        #expect(both.status == 2 && both.error.contains("are both set"), "\(both)")
        await stage.store.shutdown()
    }

    @Test func theDashboardShowsThem() async throws {
        let stage = try await Stage()
        try await stage.open("payments")
        let store = try StorePlace.server(stage.url, by: "--store")
        let tables = CircuitTables([.init(place: store, store: try store.store())], refresh: .seconds(1))
        let reading = Task { await tables.read() }
        var answer = JSON.null
        let end = ContinuousClock.now + .seconds(60)
        while answer["rows"]?.array?.isEmpty ?? true, ContinuousClock.now < end {
            answer = await tables.changes(since: nil)
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(answer["rows"]?.array?.first?.array?[1].string == "payments" && answer["cost"] == .null)
        #expect(answer["tables"]?.array?.first?["name"]?.string == "valkey://127.0.0.1:\(stage.server.port)/0")
        reading.cancel()
        await tables.tables[0].store.shutdown()
        await stage.store.shutdown()
    }
}
