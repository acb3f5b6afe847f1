//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitChecker

struct Random: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs a large fleet at random; the same seed gives the same run.")

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: "How many seeds to run, one after another.")
    var runs: UInt64 = 1

    @Option(help: "How many events in each run.")
    var events = 100_000

    @Option(help: "How many environments.")
    var environments = 50

    func run() async throws {
        let clock = ContinuousClock()
        var violations = 0
        for seed in seed..<seed + runs {
            let start = clock.now
            var run = RandomRun(seed: seed, environments: environments)
            let failure = run.run(events: events)
            print("\(run) in \(start.duration(to: clock.now).formatted)")
            guard let failure else { continue }
            violations += 1
            print("\(failure)\nagain: circuit-checker random --seed \(seed) --events \(events) --environments \(environments)")
        }
        if violations > 0 { throw ExitCode.failure }
    }
}
