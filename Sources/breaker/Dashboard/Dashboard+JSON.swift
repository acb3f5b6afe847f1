//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import LocalFleet
import UnreliableService

// What the page receives. Times are milliseconds since the epoch by the server's clock.
extension Dashboard {
    static let mostEnvironments = 200

    // Once per connection: what does not change.
    var hello: JSON {
        let breaker = settings.breaker
        return [
            "instance": .string(instance),
            "circuit": .string(settings.circuit),
            "policy": breaker.policy.json,
            "openTime": .number(.init(rules.openTime)),
            "maximumOpenTime": .number(.init(rules.maximumOpenTime)),
            "successesToClose": .number(.init(rules.recovery.successesToClose)),
            "probes": .number(.init(rules.recovery.probes)),
            "maxViewAge": .number(.init(rules.maxViewAge)),
            "environments": .number(.init(server.environments)),
            "began": began.json,
            "upstream": settings.upstream.map { .string("\($0)") } ?? .null,
            "mostCallsPerSecond": .number(.init(LoadSchedule.most)),
            "sliceWidth": .number(.init(Story.sliceWidth)),
            "sliceLimit": .number(.init(Int64(Story.sliceLimit))),
            "settings": .array((LocalReport.settings(settings, server).filter { $0.0 != "calls" } + sharing).map { [.string($0.0), .string($0.1)] }),
        ]
    }

    private var sharing: [(String, String)] {
        let sharing = settings.breaker.sharing
        return [
            ("views", "fetched again when older than \(sharing.maxViewAge.text); clocks may differ by \(sharing.maxClockSkew.text)"),
            ("store", "may add \(sharing.storeTimeout.text) to a call; without it: \(sharing.onStoreLoss.rawValue)"),
        ]
    }

    func json(_ frame: Story.Frame, _ totals: StoryTotals, late: Int64, withFleet: Bool, at now: Timestamp) async -> JSON {
        let record = (try? await store.read(settings.circuit, consistent: true)) ?? CircuitRecord()
        var members: [String: JSON] = [
            "instance": .string(instance),
            "now": now.json,
            "whole": .bool(frame.isWhole),
            "upTo": .number(.init(frame.cursor.slice)),
            "late": .number(.init(late)),
            "slices": .array(frame.slices.map(\.json)),
            "events": .array(frame.events.map(\.json)),
            "circuit": CircuitSummary(id: settings.circuit, record: record, now: now).json(by: rules),
            "totals": totals.json,
            "load": load.json,
        ]
        if let behavior = dependency?.behavior { members["downstream"] = behavior.json }
        if withFleet { members["fleet"] = fleet.standing(atMost: Self.mostEnvironments).json(fleet.counts, at: now) }
        return .object(members)
    }
}

extension Timestamp {
    var json: JSON { .number(.init(milliseconds)) }
}

extension TripPolicy {
    var json: JSON {
        var members: [String: JSON] = ["window": .number(.init(window.milliseconds)), "text": .string(text), "slow": slow?.json ?? .null]
        switch rule {
        case .failures(let count, let share):
            members["kind"] = "failures"
            members["threshold"] = .number(.init(count))
            members["share"] = .string("\(share)")
        case .consecutiveFailures(let count):
            members["kind"] = "consecutive"
            members["threshold"] = .number(.init(count))
        case .failureRate(let rate, let calls):
            members["kind"] = "rate"
            members["threshold"] = .string("\(rate)")
            members["minimumCalls"] = .number(.init(calls))
        }
        return .object(members)
    }
}

extension TripPolicy.SlowCalls {
    fileprivate var json: JSON {
        ["threshold": .string("\(rate)"), "limit": .string(limit.text), "minimumCalls": .number(.init(minimumCalls))]
    }
}

extension UnreliableDependency.Behavior {
    var json: JSON {
        [
            "mode": .string(mode.rawValue), "successPercent": .number(.init(Int((successProbability * 100).rounded()))),
            "latencyMilliseconds": .number(.init(latency.milliseconds)),
        ]
    }
}

extension LoadGenerator {
    var json: JSON {
        let schedule = current
        return ["callsPerSecond": .number(.init(schedule.callsPerSecond)), "notSent": .number(.init(schedule.notSent))]
    }
}
