//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreakerTesting
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import CircuitBreaker

@Suite("Embedded metrics")
struct EmbeddedMetricsTests {
    @Test("the validator takes what the specification shows")
    func valid() throws {
        let line = """
            {"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"lambda-function-metrics","Dimensions":[["functionVersion"]],\
            "Metrics":[{"Name":"time","Unit":"Milliseconds","StorageResolution":60}]}]},"functionVersion":"$LATEST","time":[100,50],"requestId":"989"}
            """
        #expect(try EmbeddedMetricsFormat.values(of: line) == ["time": [100, 50]])
    }

    @Test(
        "the validator refuses",
        arguments: [
            "", "[]", "log {}", "{}", #"{"_aws":1}"#, #"{"_aws":{"Timestamp":1}}"#,
            #"{"_aws":{"Timestamp":1574109732,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[]],"Metrics":[]}]}}"#,
            #"{"_aws":{"Timestamp":"1574109732004","CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[]],"Metrics":[]}]}}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[]}}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"","Dimensions":[[]],"Metrics":[]}]}}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"AWS/X","Dimensions":[[]],"Metrics":[]}]}}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[],"Metrics":[]}]}}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":["d"],"Metrics":[]}]},"d":"x"}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[["d"]],"Metrics":[]}]}}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[["d"]],"Metrics":[]}]},"d":1}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[["d"]],"Metrics":[]}]},"d":""}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[]],"Metrics":[{"Unit":"Count"}]}]}}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[]],"Metrics":[{"Name":"m"}]}]}}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[]],"Metrics":[{"Name":"m"}]}]},"m":"1"}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[]],"Metrics":[{"Name":"m"}]}]},"m":true}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[]],"Metrics":[{"Name":"m"}]}]},"m":{"n":1}}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[]],"Metrics":[{"Name":"m","Unit":"ms"}]}]},"m":1}"#,
            #"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[]],"Metrics":"#
                + #"[{"Name":"m","StorageResolution":30}]}]},"m":1}"#,
        ]
    )
    func malformed(line: String) {
        #expect(throws: EmbeddedMetricsFormat.self) { try EmbeddedMetricsFormat.values(of: line) }
    }

    @Test("over 10,000 calls through two outages the lines are well formed and add up to what the breaker counted, at most one for each invocation")
    func countsAddUp() async throws {
        let fleet = try Fleet(1)
        let breaker = fleet[0]
        let metrics = try EmbeddedMetrics(breaker)
        var sums: [String: Double] = [:]
        var lines = 0
        func look() throws {
            guard let line = metrics.line() else { return }
            #expect(metrics.line() == nil)
            lines += 1
            for (name, values) in try EmbeddedMetricsFormat.values(of: line) { sums[name, default: 0] += values.reduce(0, +) }
        }
        for call in 0..<10_000 {
            fleet.clock.advance(by: .milliseconds(20))
            if (3000..<4000).contains(call) || (6000..<6500).contains(call) { await breaker.fails() } else { await breaker.succeeds() }
            try look()
        }
        fleet.clock.advance(by: .seconds(61))
        try look()
        let counts = breaker.counts
        #expect(counts.rejected > 100 && counts.failed > 4 && counts.changesOfState > 4)
        #expect(sums["Calls"] == 10_000)
        #expect(sums["Successes"] == Double(counts.succeeded) && sums["Failures"] == Double(counts.failed))
        #expect(sums["Rejections"] == Double(counts.rejected) && sums["Probes"] == Double(counts.probes))
        #expect(sums["StateChanges"] == Double(counts.changesOfState) && sums["StoreRequests"] == Double(counts.storeRequests))
        #expect(counts.closings == 2 && sums["Closings"] == 2)
        let history = try await fleet.record().history.map(\.time)
        #expect(Double(history.first.map { $0.duration(to: history.last ?? $0).milliseconds } ?? 0) >= sums["OpenMilliseconds"] ?? 0)
        #expect(sums["OpenMilliseconds"] ?? 0 > 10_000)
        #expect(lines < counts.rejected + counts.failed + counts.changesOfState + 10)
    }

    @Test("lines have how long calls took if asked, and no call is measured for it otherwise")
    func durations() async throws {
        let fleet = try Fleet(1)
        let metrics = try EmbeddedMetrics(fleet[0], durations: true)
        func call(_ milliseconds: Int, fails: Bool = true) async {
            _ = await fleet[0].result {
                fleet.clock.advance(by: .milliseconds(milliseconds))
                if fails { throw Broken() }
            }
        }
        await call(20, fails: false)
        await call(5, fails: false)
        #expect(metrics.line() == nil)
        await call(1500)
        let values = try EmbeddedMetricsFormat.values(of: try #require(metrics.line()))
        #expect(values["CallMilliseconds"] == [20, 5, 1500])
        // Each once.
        await call(7)
        #expect(try EmbeddedMetricsFormat.values(of: try #require(metrics.line()))["CallMilliseconds"] == [7])
        let other = try EmbeddedMetrics(fleet[0])
        _ = other.line()
        await call(7)
        #expect(try EmbeddedMetricsFormat.values(of: try #require(other.line()))["CallMilliseconds"] == nil)
    }

    @Test("calls are measured only as long as somebody wants to know")
    func unwatched() async throws {
        let fleet = try Fleet(1)
        var metrics: EmbeddedMetrics? = try EmbeddedMetrics(fleet[0], durations: true)
        #expect(metrics?.line() == nil && !fleet[0].listeners.isEmpty)
        metrics = nil
        #expect(fleet[0].listeners.isEmpty)
    }

    @Test("of many calls a line has between 50 and 100, evenly spread", arguments: [99, 100, 101, 150, 1_000, 12_345])
    func sample(calls: Int) throws {
        let sampler = DurationSampler()
        for call in 1...calls { sampler.add(.milliseconds(call)) }
        let taken = sampler.take().map { Int($0 / .milliseconds(1)) }
        #expect(calls <= DurationSampler.limit ? taken == Array(1...calls) : (50...DurationSampler.limit).contains(taken.count))
        let gaps = Set(zip(taken, taken.dropFirst()).map { $1 - $0 })
        #expect(gaps.count == 1, "\(gaps)")
        #expect(sampler.take().isEmpty)
    }

    @Test("what happens while another line is made is counted once")
    func atOnce() async throws {
        let clock = PausingClock()
        let breaker = try CircuitBreaker("test", configuration: .init(policy: .failures(3, within: .seconds(60))), clock: clock)
        let lines = MetricLines(of: try EmbeddedMetrics(breaker))
        let hasTripped = DispatchSemaphore(value: 0)
        let (pauses, pause) = AsyncStream<Void>.makeStream()
        // While one line is made, and for as long as another may take that need not wait for it.
        clock.pauseOnce {
            pause.finish()
            _ = hasTripped.wait(timeout: .now() + 1)
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withCheckedContinuation { continuation in
                    DispatchQueue.global().async {
                        lines.look()
                        continuation.resume()
                    }
                }
            }
            for await _ in pauses {}
            for _ in 0..<3 { await breaker.fails() }
            lines.look()
            hasTripped.signal()
        }
        #expect(breaker.view.state == .open)
        _ = await breaker.rejection()
        lines.look()
        let told = try lines.all.withLock { try $0.map { try EmbeddedMetricsFormat.values(of: $0) } }
        func sum(_ name: String) -> Double { told.reduce(0) { $0 + ($1[name] ?? []).reduce(0, +) } }
        #expect(sum("Failures") == 3 && sum("StateChanges") == 1 && sum("Rejections") == 1 && sum("Calls") == 4)
    }

    @Test("while all is well there is one line an interval, and none without calls")
    func quiet() async throws {
        let fleet = try Fleet(1)
        let metrics = try EmbeddedMetrics(fleet[0])
        for _ in 0..<59 {
            await fleet[0].succeeds()
            #expect(metrics.line() == nil)
            fleet.clock.advance(by: .seconds(1))
        }
        fleet.clock.advance(by: .seconds(1))
        let values = try EmbeddedMetricsFormat.values(of: try #require(metrics.line()))
        #expect(values["Calls"] == [59] && values["State"] == [0] && values["Failures"] == nil)
        fleet.clock.advance(by: .seconds(600))
        #expect(metrics.line() == nil)
    }

    @Test("what dashboards and alarms are made by, and the documentation's table, have the metrics that there are")
    func declaration() throws {
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        struct Declaration: Decodable, Equatable {
            var namespace: String
            var dimensions: [String]
            var metrics: [String: String]
        }
        let json = try Data(contentsOf: project.appending(path: "infrastructure/circuit_breaker/metrics.json"))
        let declared = EmbeddedMetrics.declared
        #expect(
            try JSONDecoder().decode(Declaration.self, from: json)
                == Declaration(
                    namespace: EmbeddedMetrics.namespace,
                    dimensions: [EmbeddedMetrics.dimension],
                    metrics: Dictionary(uniqueKeysWithValues: declared.map { ($0.name, $0.unit) })
                )
        )
        let article = try String(contentsOf: project.appending(path: "Sources/CircuitBreaker/Documentation.docc/Metrics.md"), encoding: .utf8)
        let rows = article.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
            $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        for metric in declared {
            #expect(rows.contains { $0[0].contains("`\(metric.name)`") && $0[1] == metric.unit }, "\(metric.name) in \(metric.unit)")
        }
    }

    @Test("an order shows: the state that decides, and its rejections")
    func order() async throws {
        let fleet = try Fleet(1)
        let metrics = try EmbeddedMetrics(fleet[0])
        try await fleet[0].forceOpen(for: nil, by: "ops", why: "test")
        _ = await fleet[0].rejection()
        let values = try EmbeddedMetricsFormat.values(of: try #require(metrics.line()))
        #expect(values["State"] == [2] && values["Rejections"] == [1])
    }

    @Test(
        "a namespace that CloudWatch does not take is refused by name",
        arguments: ["", "AWS/Lambda", "a b", "\"", String(repeating: "n", count: 256)]
    )
    func namespace(name: String) throws {
        let breaker = try CircuitBreaker("test")
        #expect(throws: ConfigurationError.self) { try EmbeddedMetrics(breaker, namespace: name) }
        #expect(throws: ConfigurationError.self) { try EmbeddedMetrics(breaker, interval: .zero) }
    }
}

private final class MetricLines: Sendable {
    let all = Mutex<[String]>([])
    private let metrics: EmbeddedMetrics

    init(of metrics: EmbeddedMetrics) { self.metrics = metrics }

    func look() {
        if let line = metrics.line() { all.withLock { $0.append(line) } }
    }
}

// Does something once: when it is asked for the time for the second time, as it is for a line after the view was taken.
private final class PausingClock: CircuitClock {
    private struct Pause {
        var looksBefore = 1
        var body: @Sendable () -> Void
    }

    private let manual = ManualClock()
    private let pause = Mutex<Pause?>(nil)

    var now: Timestamp {
        let body = pause.withLock { pause -> (@Sendable () -> Void)? in
            if let looks = pause?.looksBefore, looks > 0 {
                pause?.looksBefore -= 1
                return nil
            }
            defer { pause = nil }
            return pause?.body
        }
        body?()
        return manual.now
    }

    var minimumResolution: Duration { manual.minimumResolution }

    func pauseOnce(_ pause: @escaping @Sendable () -> Void) {
        self.pause.withLock { $0 = Pause(body: pause) }
    }

    func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {
        try await manual.sleep(until: deadline, tolerance: tolerance)
    }
}
