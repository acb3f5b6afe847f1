//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing

@testable import FleetSimulator

@Suite struct ScenarioTests {
    @Test func arrivalsAreReadFromText() throws {
        #expect(
            try Arrivals(csv: "time_ms,calls\n0,3\n\n# a comment\n 250 , 2\r\n10")
                == .listed([.init(time: 0, calls: 3), .init(time: 250, calls: 2), .init(time: 10)])
        )
    }

    @Test(arguments: [
        ("5\nx\n", 2, "'x' is no time; allowed: whole milliseconds from 0 to 86400000"),
        ("5,-1", 1, "'-1' is no number of calls; allowed: 0 to 1000000"),
        ("1,2,3", 1, "3 fields; one or two are allowed: milliseconds,calls"),
        ("-7", 1, "'-7' is no time; allowed: whole milliseconds from 0 to 86400000"),
        ("1\n2\n,", 3, "'' is no time; allowed: whole milliseconds from 0 to 86400000"),
        ("", 1, "the file has no arrivals"),
    ])
    func textThatCannotBeReadIsAnErrorThatNamesTheLine(text: String, line: Int, problem: String) {
        do {
            _ = try Arrivals(csv: text)
            Issue.record("was read")
        } catch {
            guard case .arrivals(line, _, problem) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func arrivalsOfAFileComeWhenItSays() throws {
        let scenario = Scenario.small(try Arrivals(csv: "2500,4\n100"), environments: 5, duration: 4000)
        #expect(try Simulation(scenario).run(.none).seconds.map(\.arrived) == [1, 0, 4, 0])
    }

    @Test func ratesAreMet() throws {
        for (arrivals, expected) in [
            (Arrivals.steady(perSecond: 7.5), 150.0), (.poisson(perSecond: 200), 4000), (.ramp(from: 0, to: 400), 4000),
            (.spike(perSecond: 10, peak: 500, from: 5000, until: 10_000), 2650),
        ] {
            let scenario = Scenario.small(arrivals, environments: 200, duration: 20_000)
            let calls = Double(try Simulation(scenario).run(.none).figures.calls)
            #expect(abs(calls - expected) <= 4 * expected.squareRoot(), "\(arrivals): \(calls)")
        }
    }

    @Test func whatCannotBeRunIsAnErrorThatNamesIt() {
        let wrong: [(String, (inout Scenario) -> Void)] = [
            ("duration", { $0.duration = 0 }), ("environments", { $0.fleet.environments = 0 }), ("warm environments", { $0.fleet.warm = 99 }),
            ("failures", { $0.circuit.policy = .failures(0, within: .seconds(1)) }), ("lease", { $0.circuit.recovery.lease = .zero }),
            ("calls per second", { $0.arrivals = .poisson(perSecond: -1) }), ("calls per second", { $0.arrivals = .steady(perSecond: .nan) }),
            ("capacity", { $0.downstream.capacity = 0 }), ("phase", { $0.downstream.phases = [.init(.dead, from: 10, until: 5)] }),
            ("phase", { $0.downstream.phases = [.init(.dead, from: 0, until: 50), .init(.hanging, from: 40, until: 60)] }),
            ("failing share", { $0.downstream.phases = [.init(.failing(share: 2), from: 0, until: 5)] }),
            ("latency", { $0.store.latency = .init(minimum: 5, median: 4, p99: 8, maximum: 9) }),
            ("client timeout", { $0.downstream.clientTimeout = 0 }),
        ]
        for (setting, change) in wrong {
            let scenario = Scenario.small(.steady(perSecond: 1), environments: 5).with(change)
            do {
                _ = try Simulation(scenario)
                Issue.record("\(setting) was taken")
            } catch {
                guard case .scenario(let named, _, _) = error else { continue }
                #expect(named == setting)
            }
        }
    }

    @Test func callsTimeOutAsTheCircuitIsSet() throws {
        let slow = Scenario.small(.steady(perSecond: 2), environments: 1, duration: 2000).with {
            $0.downstream.latency = .exactly(300)
            $0.circuit.recovery.lease = .milliseconds(100)
        }
        #expect(try Simulation(slow).run(.sharedCircuit).figures.timedOut == 0)
        #expect(try Simulation(slow.with { $0.circuit.timeout = 100 }).run(.sharedCircuit).figures.timedOut > 0)
        // The caller gives up before.
        let impatient = slow.with { $0.downstream.clientTimeout = 50 }
        let figures = try Simulation(impatient).run(.sharedCircuit).figures
        #expect(try Simulation(impatient.with { $0.circuit.timeout = 100 }).run(.sharedCircuit).figures == figures)
        // An invocation that runs into its own end dies with its call, if no margin ends the call before.
        let hanging = Scenario.small(.steady(perSecond: 1), environments: 1, duration: 5000).with {
            $0.downstream.latency = .exactly(2000)
            $0.downstream.clientTimeout = nil
            $0.fleet.functionTimeout = 1000
        }
        #expect(try Simulation(hanging).run(.sharedCircuit).figures.died == 0)
        #expect(try Simulation(hanging.with { $0.circuit.deadlineMargin = nil }).run(.sharedCircuit).figures.died > 0)
    }

    @Test func presetsCanBeRunAndHaveANameAndASummary() throws {
        let names = ["outage", "brownout", "flapping", "slow", "store-outage", "scale-out", "stampede"]
        #expect(Scenario.presets.map(\.name) == names)
        for scenario in Scenario.presets {
            _ = try Simulation(scenario)
            #expect(scenario.summary.hasSuffix("."))
        }
        #expect(Scenario.preset("nothing") == nil)
    }
}
