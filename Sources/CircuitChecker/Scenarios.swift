//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The scenarios: each small enough to be explored to its end, together all that may go wrong.
extension Scenario {
    // All durations as small as they can be while every order of events remains possible.
    static func rules(
        failures: Int = 1,
        probes: Int = 1,
        successesToClose: Int = 1,
        skew: Int64 = 0,
        lease: Int64 = 2,
        openTime: Int64 = 2,
        maximumOpenTime: Int64 = 4,
        window: Int64 = 6,
        ramp: Int64 = 0,
        maxViewAge: Int64 = 1,
        maxHealthyViewAge: Int64 = 1,
        lookBeside: Int64 = 0,
        storeRetryInterval: Int64 = 1,
        alone: Int = .max,
        policy: TripPolicy? = nil
    ) -> CircuitRules {
        do {
            var rules = try CircuitRules(
                policy: policy ?? .failures(failures, within: .milliseconds(window), share: 0),
                recovery: RecoveryPolicy(
                    openTime: .milliseconds(openTime),
                    maximumOpenTime: .milliseconds(maximumOpenTime),
                    jitter: 0,
                    maximumRetryAfter: .milliseconds(6),
                    probes: probes,
                    successesToClose: successesToClose,
                    lease: .milliseconds(lease),
                    ramp: .milliseconds(ramp)
                ),
                sharing: SharingPolicy(
                    maxViewAge: .milliseconds(maxViewAge),
                    maxHealthyViewAge: .milliseconds(maxHealthyViewAge),
                    lookBeside: .milliseconds(lookBeside),
                    maxClockSkew: .milliseconds(skew),
                    storeTimeout: .milliseconds(1),
                    storeRetryInterval: .milliseconds(storeRetryInterval),
                    alone: alone
                )
            )
            // All successes are reported: each stands for itself, and nothing is left to chance.
            rules.sampling.first = 1
            rules.sampling.perSecond = .infinity
            return rules
        } catch {
            preconditionFailure("\(error)")
        }
    }

    // A circuit that opened just now.
    static func open(_ rules: CircuitRules, at start: Int64 = 1000) -> CircuitRecord {
        var record = CircuitRecord()
        record.epoch = Epoch(rawValue: start)
        record.state = .open
        record.since = Timestamp(milliseconds: start)
        record.nextAttempt = Timestamp(milliseconds: start + rules.openTime)
        record.shared = .init(circuitState: .open, nextAttempt: record.nextAttempt, stateTimestamp: record.since)
        return record
    }

    // HALF-OPEN, its only slot taken by a process that died.
    static func halfOpen(_ rules: CircuitRules, isSlotTaken: Bool = true, at start: Int64 = 1000) -> CircuitRecord {
        var record = open(rules, at: start - rules.openTime)
        record.epoch = Epoch(rawValue: start)
        record.state = .halfOpen
        record.since = Timestamp(milliseconds: start)
        record.shared.circuitState = .halfOpen
        guard isSlotTaken else { return record }
        let holder = WriterToken(environment: EnvironmentID(rawValue: "dead"), nonce: 1)
        record.slots = [0: ProbeSlot(holder: holder, leaseEnd: Timestamp(milliseconds: start + rules.lease))]
        return record
    }

    // An environment becomes a probe.
    static func probe(_ e: Int) -> [Step] { [.begin(e), .apply(e, 0), .deliver(e, 0)] }

    // A call of an environment fails, and its report has arrived.
    static func fail(_ e: Int) -> [Step] {
        [.begin(e), .finish(e, 0, .failure(retryAfter: nil)), .apply(e, 1), .deliver(e, 1), .proceed(e, 0)]
    }

    // The same, and opens the circuit.
    static func trip(_ e: Int) -> [Step] {
        fail(e) + [.apply(e, 0), .deliver(e, 0)]
    }

    package static let all = closed + probes + lost + others + wrong
}
