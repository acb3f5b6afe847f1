//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// Counts what happens, second by second and in all.
struct Recorder {
    private let duration: Milliseconds
    private let downstream: Downstream
    // The first onset of an outage, and the end of the last one.
    private let onset: Milliseconds?
    private let recovery: Milliseconds?
    private var lastRejection: Milliseconds?
    private var lastClosing: Milliseconds?
    private var state = Belief.unknown
    private var healthyCalls = 0
    private var healthyRequests = 0
    private var healthyDollars = 0.0
    private var failuresSinceOnset = 0
    private var now: Milliseconds = 0
    private var delay: Milliseconds = 0
    private var healthyWaits = 0
    private var healthyDelay: Milliseconds = 0
    // The end of the last second since the recovery in which more than one call of a hundred was not answered.
    private var lastUnwell: Milliseconds?

    private var bound: PollingBound?

    var second = Second()
    private(set) var seconds: [Second] = []
    private(set) var figures = Figures()

    // Whether its calls are bounded by what a fleet that shares a record can do.
    init(_ scenario: Scenario, sharesRecord: Bool) {
        duration = scenario.duration
        downstream = Downstream(scenario.downstream)
        bound = sharesRecord ? PollingBound(scenario) : nil
        let outages = scenario.downstream.phases.filter { $0.isOutage && $0.from < scenario.duration }
        onset = outages.first?.from
        recovery = outages.last.map { $0.until }.flatMap { $0 < scenario.duration ? $0 : nil }
        seconds.reserveCapacity(Int(scenario.duration / 1000) + 1)
    }

    func isRecovery(_ now: Milliseconds) -> Bool { now == recovery }

    // MARK: calls

    mutating func arrived(at now: Milliseconds) {
        second.arrived += 1
        bound?.arrived(at: now)
    }

    mutating func began(at now: Milliseconds, callsUnderWay: @autoclosure () -> Int) { bound?.began(at: now, callsUnderWay: callsUnderWay()) }
    mutating func turnedAway() { second.turnedAway += 1 }
    mutating func died() { second.died += 1 }

    mutating func rejected(at now: Milliseconds, isRamp: Bool) {
        second.rejected += 1
        if isRamp { second.rejectedByRamp += 1 } else { lastRejection = now }
    }

    mutating func probed(at now: Milliseconds) { bound?.probed(at: now) }

    mutating func reached(whileDown: Bool, probes: Int, ownProbes: Int) {
        figures.mostOwnProbes = max(figures.mostOwnProbes, ownProbes)
        second.load += 1
        if whileDown { figures.callsWhileDown += 1 }
        second.probes = max(second.probes, probes)
    }

    mutating func ended(_ outcome: CallOutcome) {
        switch outcome {
        case .success: return second.succeeded += 1
        case .failure: second.failed += 1
        case .timedOut: second.timedOut += 1
        }
        if let onset, now >= onset { failuresSinceOnset += 1 }
    }

    // MARK: circuits

    mutating func changed(from: Belief, to: Belief, at now: Milliseconds, isFalse: Bool) {
        state = to
        switch to {
        case .open where from != .halfOpen: tripped(at: now, isFalse: isFalse)
        case .closed: lastClosing = now
        default: break
        }
    }

    mutating func tripped(at now: Milliseconds, isFalse: Bool) {
        figures.trips += 1
        if isFalse { figures.falseTrips += 1 }
        guard let onset, now >= onset, figures.failuresUntilTrip == nil else { return }
        figures.failuresUntilTrip = failuresSinceOnset
        figures.timeUntilTrip = now - onset
    }

    mutating func environmentsBegan(running: Int) {
        figures.mostEnvironments = max(figures.mostEnvironments, running)
    }

    mutating func openTimeLeft(_ time: Milliseconds?) {
        figures.openTimeLeft = time
    }

    // MARK: the store

    mutating func asked(isWrite: Bool) {
        if isWrite { second.writes += 1 } else { second.reads += 1 }
    }

    mutating func refusedWrite() { second.refusedWrites += 1 }
    mutating func throttled() { second.throttled += 1 }
    mutating func storeFailed() { second.storeFailures += 1 }

    // The store kept a call waiting; whether for the first time.
    mutating func waited(_ time: Milliseconds, isFirst: Bool) {
        delay += time
        guard now < onset ?? duration else { return }
        if isFirst { healthyWaits += 1 }
        healthyDelay += time
    }

    mutating func used(reads: Double, writes: Double) {
        second.readUnits += reads
        second.writeUnits += writes
    }

    // MARK: the end of a second, and of all

    mutating func close(at now: Milliseconds, _ beliefs: Beliefs) {
        self.now = now
        second.environments = beliefs.all
        second.seeClosed = beliefs.closed
        second.seeOpen = beliefs.open
        second.seeHalfOpen = beliefs.halfOpen
        add(second, endingAt: now)
        seconds.append(second)
        second = Second()
        second.second = seconds.count
    }

    private mutating func add(_ second: Second, endingAt now: Milliseconds) {
        figures.calls += second.arrived
        figures.succeeded += second.succeeded
        figures.failed += second.failed
        figures.timedOut += second.timedOut
        figures.rejected += second.rejected
        figures.turnedAway += second.turnedAway
        figures.died += second.died
        figures.rejectedByRamp += second.rejectedByRamp
        figures.answerable += min(second.arrived, Int(second.capacity.rounded()))
        figures.mostFailures = max(figures.mostFailures, second.failed + second.timedOut)
        figures.mostProbes = max(figures.mostProbes, second.probes)
        figures.storeRequests += second.reads + second.writes
        figures.storeThrottled += second.throttled
        figures.refusedWrites += second.refusedWrites
        figures.mostWrites = max(figures.mostWrites, second.writes)
        figures.mostReadUnits = max(figures.mostReadUnits, second.readUnits)
        figures.mostWriteUnits = max(figures.mostWriteUnits, second.writeUnits)
        let dollars = Price.dollars(readUnits: second.readUnits, writeUnits: second.writeUnits)
        figures.dollars += dollars
        if now <= onset ?? duration {
            healthyCalls += second.arrived
            healthyRequests += second.reads + second.writes
            healthyDollars += dollars
        }
        if let recovery, now > recovery, second.bad * 100 > second.arrived { lastUnwell = now }
        if let recovery, now > recovery, now - 1000 >= recovery, second.capacity > 0 {
            figures.highestLoad = max(figures.highestLoad ?? 0, Double(second.load) / second.capacity)
        }
    }

    mutating func finish(unfinished: Int) {
        figures.unfinished = unfinished
        figures.callsToLearn = bound?.calls
        if healthyCalls > 0 {
            figures.storeRequestsPer1000HealthyCalls = Double(healthyRequests) * 1000 / Double(healthyCalls)
            figures.dollarsPerMillionHealthyCalls = healthyDollars * 1_000_000 / Double(healthyCalls)
            figures.waitsPer1000HealthyCalls = Double(healthyWaits) * 1000 / Double(healthyCalls)
            figures.healthyWait = healthyWaits > 0 ? Double(healthyDelay) / Double(healthyWaits) : 0
        }
        if figures.calls > 0 { figures.storeDelayPerCall = Double(delay) / Double(figures.calls) }
        guard let recovery else { return }
        figures.timeUntilAble = timeUntilAble(since: recovery)
        if lastUnwell.map({ duration - $0 > 5000 }) ?? true { figures.timeUntilWell = max(0, (lastUnwell ?? recovery) - recovery) }
        let wasRejecting = lastRejection.map { duration - $0 <= 1000 } ?? false
        guard !wasRejecting, state == .unknown || state == .closed else { return }
        figures.timeUntilClosed = max(0, max(lastRejection ?? recovery, lastClosing ?? recovery) - recovery)
    }

    private func timeUntilAble(since recovery: Milliseconds) -> Milliseconds? {
        let arrived = seconds.lazy.filter { Milliseconds($0.second) * 1000 >= recovery }.reduce(0) { $0 + $1.arrived }
        let rate = Double(arrived) * 1000 / Double(duration - recovery)
        return stride(from: recovery, to: duration, by: 100).first { downstream.capacity(at: $0) >= 0.99 * rate }.map { $0 - recovery }
    }
}
