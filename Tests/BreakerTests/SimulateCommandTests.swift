//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker
import FleetSimulator
import Foundation
import Testing

@testable import breaker

@Suite(.timeLimit(.minutes(5))) struct SimulateCommandTests {
    static let small = ["--environments", "20", "--rate", "20", "--duration", "100s"]

    @Test(arguments: ["outage", "brownout", "flapping", "slow", "store-outage", "scale-out", "stampede"])
    func presetRuns(name: String) async throws {
        let ended = try await BreakerProcess(["simulate", name] + Self.small).wait(60)
        #expect(ended.status == 0 && ended.error.isEmpty, "\(ended)")
        #expect(ended.output.hasPrefix("\(name): 20 environments, "))
        for algorithm in Algorithm.allCases { #expect(ended.output.contains("\n\(algorithm.title)  "), "\(ended.output)") }
        #expect(ended.output.contains("\nrepeat with: breaker simulate \(name) --environments 20 --rate 20 --duration 100s --seed 1\n"))
    }

    @Test func isTheSameInTwoProcesses() async throws {
        let folder = try Folder()
        let arguments = ["simulate", "outage", "--json", "--seed", "7"] + Self.small
        let one = try await BreakerProcess(arguments + ["--html", folder.path("one.html")]).wait(60)
        let two = try await BreakerProcess(arguments + ["--html", folder.path("two.html")]).wait(60)
        let other = try await BreakerProcess(["simulate", "outage", "--json", "--seed", "8"] + Self.small).wait(60)
        #expect(one.status == 0 && one.output.count > 10_000)
        #expect(one.output == two.output)
        #expect(try folder.read("one.html") == folder.read("two.html"))
        #expect(one.output != other.output)
    }

    @Test func optionsChangeThePreset() throws {
        let scenario = try Self.scenario(
            "outage",
            "--seed",
            "3",
            "--rate",
            "200",
            "--environments",
            "50",
            "--routing",
            "recent",
            "--trouble",
            "dead:1m-90s",
            "--trouble",
            "failing=0.3:10s-20s",
            "--store-trouble",
            "silent:5s-6s",
            "--failure-rate",
            "0.4",
            "--minimum-calls",
            "30",
            "--ramp",
            "0",
            "--on-store-loss",
            "lastKnown",
            "--no-store-limits"
        )
        let base = Scenario.outage
        #expect(scenario.seed == 3)
        #expect(scenario.arrivals == .poisson(perSecond: 200))
        #expect(scenario.downstream.capacity == base.downstream.capacity / 10)
        #expect(scenario.fleet.environments == 50 && scenario.fleet.warm == 50 && scenario.fleet.routing == .mostRecentlyUsed)
        #expect(scenario.downstream.phases == [.init(.failing(share: 0.3), from: 10_000, until: 20_000), .init(.dead, from: 60_000, until: 90_000)])
        #expect(scenario.store.outages == [.init(.silent, from: 5000, until: 6000)])
        #expect(scenario.store.limits == nil)
        #expect(scenario.circuit.policy == .failureRate(0.4, minimumCalls: 30, within: .seconds(60)))
        #expect(scenario.circuit.recovery.ramp == .zero && scenario.circuit.sharing.onStoreLoss == .lastKnown)
        #expect(try Self.scenario("outage") == base)
    }

    @Test(arguments: [
        (["--arrivals", "steady"], Arrivals.steady(perSecond: 2000)), (["--arrivals", "ramp", "--peak", "0"], .ramp(from: 2000, to: 0)),
        (["--arrivals", "spike", "--peak", "9000"], .spike(perSecond: 2000, peak: 9000, from: 100_000, until: 200_000)),
        (["--arrivals", "spike", "--rate", "5", "--peak", "9", "--peak-time", "1s-1m"], .spike(perSecond: 5, peak: 9, from: 1000, until: 60_000)),
    ])
    func arrivals(arguments: [String], expected: Arrivals) throws {
        #expect(try Self.scenario(["outage"] + arguments).arrivals == expected)
    }

    @Test func arrivalsFromAFile() async throws {
        let folder = try Folder()
        try folder.write("time,calls\n0,3\n500\n 2000, 2\n", "calls.csv")
        let file = folder.path("calls.csv")
        #expect(
            try Self.scenario("outage", "--arrivals", file).arrivals
                == .listed([.init(time: 0, calls: 3), .init(time: 500), .init(time: 2000, calls: 2)])
        )
        try folder.write("0,3\nsoon,1\n", "calls.csv")
        let wrong = try await BreakerProcess.run("simulate", "--arrivals", file)
        expectOneLine(wrong, [file, "line 2", "soon"])
        expectOneLine(try await BreakerProcess.run("simulate", "--arrivals", folder.path("none.csv")), ["none.csv", "cannot be read"])
    }

    @Test(arguments: [
        (["outages"], ["outages", "stampede"]), (["--rate", "x"], ["--rate", "x"]), (["--rate", "0"], ["--rate"]), (["--rate", "1e300"], ["--rate"]),
        (["--environments", "0"], ["--environments"]), (["--environments", "10", "--warm", "20"], ["--warm", "--environments"]),
        (["--trouble", "dead"], ["--trouble", "dead:60s-3m"]), (["--trouble", "dead:3m-60s"], ["--trouble"]),
        (["--trouble", "failing=2:1s-2s"], ["--trouble", "failing=2"]), (["--trouble", "dead:1s-5s", "--trouble", "slow=3:4s-8s"], ["overlap"]),
        (["--store-trouble", "x"], ["--store-trouble"]), (["--algorithms", "shared,best"], ["--algorithms", "powertools"]),
        (["--algorithms", "none,none"], ["each once"]), (["--seed", "-1"], ["--seed"]), (["--html"], ["--html"]), (["--arrivals", "luck"], ["luck"]),
        (["--arrivals", "ramp"], ["--peak"]), (["--peak", "3"], ["--peak"]), (["--peak-time", "3"], ["--peak-time", "60s-3m"]),
        (["--duration", "0"], ["--duration"]), (["--duration", "30h"], ["duration"]), (["--max-timeout", "1s"], ["--max-timeout", "--timeout"]),
        (["--failure-rate", "2"], ["--failure-rate"]),
        (["--policy", "failureRate", "--failure-threshold", "3"], ["--failure-threshold", "--policy"]),
        (["--timeout", "10"], ["--timeout", "10", "(ms, s, m, h)"]), (["--trouble", "dead:1-5"], ["--trouble", "(ms, s, m, h)"]),
        (["--peak-time", "1-5"], ["--peak-time", "(ms, s, m, h)"]),
        (["--on-store-loss", "weep"], ["--on-store-loss", "lastKnown"]), (["--routing", "lru"], ["--routing", "recent"]), (["outage", "x"], ["x"]),
        (["--html", ""], ["--html"]),
    ])
    func badUsageIsOneLineAndStatus2(arguments: [String], words: [String]) async throws {
        expectOneLine(try await BreakerProcess(["simulate"] + arguments).wait(), words)
    }

    @Test func reportThatCannotBeWrittenIsToldAtOnce() async throws {
        let folder = try Folder()
        for (path, words) in [
            (folder.path("none/report.html"), ["no folder"]), (folder.path(""), ["is a folder"]), ("/dev/null", ["no ordinary file"]),
        ] {
            // The whole preset would take far longer than a refusal.
            expectOneLine(try await BreakerProcess(["simulate", "--html", path]).wait(), words, status: 1)
        }
    }

    @Test func interruptedRunLeavesTheOldReport() async throws {
        let folder = try Folder()
        try folder.write("the old one", "report.html")
        let process = try BreakerProcess(["simulate", "--duration", "5h", "--html", folder.path("report.html")])
        try await Task.sleep(for: .milliseconds(500))
        let start = ContinuousClock.now
        let ended = try await process.stop()
        #expect(start.duration(to: .now) < .seconds(5))
        #expect(ended.status != 0 && ended.output.isEmpty)
        #expect(try folder.read("report.html") == "the old one")
        #expect(try folder.names == ["report.html"])
    }

    @Test func reportReplacesTheOldOne() async throws {
        let folder = try Folder()
        try folder.write(String(repeating: "old ", count: 1_000_000), "report.html")
        let ended = try await BreakerProcess(["simulate", "--html", folder.path("report.html")] + Self.small).wait(60)
        #expect(ended.output.hasSuffix("\nreport: \(folder.path("report.html"))\n"))
        let page = try folder.read("report.html")
        #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n") && page.utf8.count < 1_000_000)
        #expect(try folder.names == ["report.html"])
    }

    private static func scenario(_ arguments: String...) throws -> Scenario {
        try scenario(arguments)
    }

    private static func scenario(_ arguments: [String]) throws -> Scenario {
        try SimulateCommand.parse(arguments).scenario()
    }

    private func expectOneLine(_ ended: BreakerProcess.Ended, _ words: [String], status: Int32 = 2) {
        let lines = ended.error.split(separator: "\n")
        #expect(lines.count == 1 || (lines.count == 2 && lines[1].hasPrefix("See breaker simulate ")), "\(ended.error)")
        #expect(lines.first?.hasPrefix("breaker: ") == true)
        for word in words { #expect(ended.error.contains(word), "\(ended.error)") }
        #expect(ended.output.isEmpty && ended.status == status, "\(ended)")
    }
}

// A folder of a test's own, gone with it.
final class Folder: Sendable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("simulate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() } }

    func path(_ name: String) -> String { "\(url.path)/\(name)" }

    func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    func write(_ text: String, _ name: String) throws { try text.write(toFile: path(name), atomically: false, encoding: .utf8) }
}
