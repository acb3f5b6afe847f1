//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Logging
import Synchronization
import Testing

// I11: no record and no clock, however wrong, stops the process or rejects for longer than the rules' longest time.
@Suite("Hostile records")
struct HostileRecordTests {
    static let day: Int64 = 86_400_000

    @Test("I11: a consecutiveOpens below 0 or huge, and a probe that fails", arguments: [-5, Int.min, Int.max])
    func consecutiveOpens(_ count: Int) async throws {
        let site = try Site()
        site.put { record, now in
            record.state = .open
            record.shared.circuitState = .open
            record.nextAttempt = now
            record.consecutiveOpens = count
            record.shared.consecutiveOpens = count
        }
        #expect(await site.breaker.fails())
        #expect(site.state == .open)
    }

    @Test("I11: OPEN until a day from now, as a clock that is a day ahead leaves it", arguments: [day, .max / 2, .max])
    func nextAttemptAhead(_ ahead: Int64) async throws {
        let site = try Site()
        site.put { record, now in
            record.state = .open
            record.shared.circuitState = .open
            record.nextAttempt = now.adding(ahead)
            record.shared.nextAttempt = record.nextAttempt
        }
        site.clock.advance(by: .seconds(301))
        #expect(await site.breaker.succeeds())
        #expect(await site.breaker.succeeds())
        #expect(site.state == .closed)
    }

    @Test("I11: a slot taken until a day from now")
    func leaseAhead() async throws {
        let site = try Site()
        site.put { record, now in
            record.state = .halfOpen
            record.shared.circuitState = .halfOpen
            record.slots[0] = ProbeSlot(holder: WriterToken(environment: EnvironmentID(rawValue: "ahead"), nonce: 1), leaseEnd: now.adding(Self.day))
        }
        site.clock.advance(by: .seconds(12))
        #expect(await site.breaker.succeeds())
    }

    @Test("I11: a ramp that begins a day from now admits all")
    func rampAhead() async throws {
        let site = try Site(RecoveryPolicy(ramp: .seconds(30)))
        site.put { record, now in
            record.since = now.adding(Self.day)
            record.reason = .probesSucceeded(count: 2)
        }
        for _ in 0..<20 { #expect(await site.breaker.succeeds()) }
    }

    @Test("I11: HALF-OPEN with counts below 0 or huge", arguments: [-1_000_000, Int.min, Int.max])
    func counts(_ count: Int) async throws {
        let site = try Site()
        site.put { record, _ in
            record.state = .halfOpen
            record.shared.circuitState = .halfOpen
            record.successCount = count
            record.lostProbes = min(count, 0)
        }
        _ = await site.breaker.succeeds()
        site.clock.advance(by: .seconds(21))
        for _ in 0..<3 { _ = await site.breaker.succeeds() }
        #expect(site.state == .closed)
    }

    @Test("I11: the only process's clock is set back by an hour while OPEN")
    func clockSetBack() async throws {
        let site = try Site()
        site.clock.advance(by: .seconds(7200))
        for _ in 0..<3 { await site.breaker.fails() }
        #expect(await site.breaker.rejection() != nil)
        site.clock.advance(by: .seconds(-3600))
        for _ in 0..<2 { #expect(await site.breaker.succeeds()) }
        #expect(site.state == .closed)
    }

    @Test("I11: records of random values", arguments: 1...8 as ClosedRange<UInt64>)
    func random(seed: UInt64) throws {
        var chance = Chance(SplitMix64(seed: seed))
        for number in 0..<2500 {
            let now: Int64 = chance.oneOf([1_700_000_000_000, 0, -5, .max, .min, .max - 10, .min + 10])
            var record = chance.record(around: Timestamp(milliseconds: now))
            let rules = try chance.rules()
            var session = Session(environment: EnvironmentID(rawValue: "a"), rules: rules, seed: seed &+ UInt64(number))
            session.usesPasses = chance.oneOf([true, false])
            var clock = Timestamp(milliseconds: now)
            for _ in 0..<12 {
                if let rejection = call(&session, &record, &clock, &chance) {
                    if case .forcedOpen = rejection.reason { continue }
                    // A pass does not see that a clock was set back by a tick.
                    let longest = rules.longestRejection + (session.usesPasses ? Pass.clockTick : 0)
                    #expect(rejection.retryAfterMilliseconds <= longest, "seed \(seed), record \(number): \(rejection)")
                    // A ramp's share that is not 0 is no rejection of all.
                    if case .ramping(let share) = rejection.reason, share > 0 { break }
                    clock = clock.adding(chance.oneOf([1, rejection.retryAfterMilliseconds, rules.longestRejection, -Self.day]))
                }
            }
        }
    }

    // One call of a store that answers at once, if rarely with a failure or with what was not asked for; nil unless it was rejected.
    private func call(_ session: inout Session, _ record: inout CircuitRecord, _ clock: inout Timestamp, _ chance: inout Chance) -> Rejection? {
        var call = Session.Call()
        var step = session.begin(&call, at: clock)
        for _ in 0..<50 {
            for look in session.takeLooks() { session.collected(chance.reply(to: look, from: &record), to: look, at: clock) }
            switch step {
            case .ask(let request, _):
                step = session.answered(chance.reply(to: request, from: &record), after: 0, &call, at: clock)
            case .wait: step = session.waited(0, timedOut: false, &call, at: clock)
            case .run:
                step = session.ended(
                    chance.oneOf([.success(isSlow: false), .failure(retryAfter: .max), .failure(retryAfter: .min)]),
                    &call,
                    at: clock
                )
            case .reject(let rejection): return rejection
            case .done: return nil
            }
        }
        Issue.record("a call asks without end")
        return nil
    }
}

// A store that holds one record, which anybody may overwrite.
private final class OneRecord: CircuitStore {
    let record = Mutex(CircuitRecord())

    func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? { record.withLock { $0 } }

    func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
        record.withLock { $0.apply(report) ? .accepted($0) : .refused($0) }
    }

    func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
        record.withLock { $0.apply(change) ? .won($0) : .lost($0) }
    }
}

// One environment beside somebody who writes what he likes.
private struct Site {
    let clock = ManualClock()
    let store = OneRecord()
    let breaker: CircuitBreaker

    init(_ recovery: RecoveryPolicy = .init()) throws {
        breaker = try CircuitBreaker(
            "test",
            store: store,
            configuration: .init(policy: .failures(3, within: .seconds(60)), recovery: recovery),
            environment: EnvironmentID(rawValue: "e"),
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    var state: CircuitState { store.record.withLock { $0.state } }

    func put(_ change: (inout CircuitRecord, Timestamp) -> Void) {
        let now = clock.now
        store.record.withLock { record in
            record.epoch = Epoch(rawValue: 1)
            change(&record, now)
        }
    }
}

// Values as a damaged or malicious record has them.
private struct Chance {
    var generator: SplitMix64

    init(_ generator: SplitMix64) {
        self.generator = generator
    }

    mutating func oneOf<Value>(_ values: [Value]) -> Value { values[Int(generator.next() % UInt64(values.count))] }

    mutating func count() -> Int { oneOf([0, 0, 1, 2, 3, -1, -5, .min, .max, .max - 1, .min + 1, Int(truncatingIfNeeded: generator.next())]) }

    mutating func time(around now: Timestamp) -> Timestamp {
        oneOf([
            now, .zero, now.adding(1000), now.adding(-1000), now.adding(60_000), now.adding(HostileRecordTests.day),
            now.adding(-HostileRecordTests.day),
            Timestamp(milliseconds: .max), Timestamp(milliseconds: .min), Timestamp(milliseconds: Int64(truncatingIfNeeded: generator.next())),
        ])
    }

    mutating func reply(to request: StoreRequest, from record: inout CircuitRecord) -> StoreReply {
        let right = EngineRegressionTests.reply(to: request, from: &record)
        return switch generator.next() % 12 {
        case 0: .failed(StoreFailure(isThrottling: oneOf([true, false]), mayHaveBeenApplied: oneOf([true, false]), isFinal: oneOf([true, false])))
        case 1: oneOf([.record(nil), .record(record), .reported(.refused(nil)), .changed(.lost(nil)), .changed(.won(record))])
        default: right
        }
    }

    private mutating func historyEntry(around now: Timestamp) -> HistoryEntry {
        let event: HistoryEntry.Event = oneOf([
            .changed(from: .open, to: .closed, reason: .probesSucceeded(count: count()), by: EnvironmentID(rawValue: "")),
            .ordered(CircuitOrder(oneOf(CircuitOrder.Kind.allCases), until: time(around: now))),
            .lifted(by: "", why: String(repeating: "\u{1F600}", count: 300)),
        ])
        return HistoryEntry(epoch: Epoch(rawValue: time(around: now).milliseconds), event: event)
    }

    mutating func record(around now: Timestamp) -> CircuitRecord {
        var record = CircuitRecord()
        record.epoch = Epoch(rawValue: oneOf([0, 1, now.milliseconds, .max, .min, -1]))
        record.orderEpoch = Epoch(rawValue: oneOf([0, 0, 1, .max, .min]))
        record.state = oneOf(CircuitState.allCases)
        record.since = time(around: now)
        record.nextAttempt = time(around: now)
        record.consecutiveOpens = count()
        record.successCount = count()
        record.lostProbes = count()
        record.unusedProbes = count()
        record.failureStreak = count()
        record.reason = oneOf([nil, .probesSucceeded(count: count()), .failures(count: count(), threshold: count(), within: .seconds(60))])
        for _ in 0..<oneOf([0, 0, 1, 20]) {
            let tally = CircuitWindow.Tally(failures: count(), slowCalls: count(), successes: count())
            record.window.add(.init(start: time(around: now), tally: tally))
        }
        for _ in 0..<oneOf([0, 1, 3]) {
            let holder = WriterToken(environment: EnvironmentID(rawValue: oneOf(["a", "b"])), nonce: oneOf([0, 1, 2, .max]))
            record.slots[oneOf([0, 1, 2, -1, .max])] = ProbeSlot(holder: holder, leaseEnd: time(around: now))
        }
        if oneOf([true, false, false, false]) {
            record.order = CircuitOrder(oneOf(CircuitOrder.Kind.allCases), until: oneOf([nil, time(around: now)]))
        }
        record.history = (0..<oneOf([0, 0, 1, 60])).map { _ in historyEntry(around: now) }
        record.shared = .init(
            circuitState: oneOf([record.state, record.state, .closed, .open, .halfOpen]),
            failureCount: count(),
            successCount: count(),
            nextAttempt: time(around: now),
            lastFailureTime: time(around: now),
            consecutiveOpens: count(),
            stateTimestamp: time(around: now)
        )
        return record
    }

    mutating func rules() throws -> CircuitRules {
        try CircuitRules(
            policy: oneOf([
                .failures(3, within: .seconds(60)), .consecutiveFailures(3), .failureRate(0.5, minimumCalls: 10, within: .seconds(60)),
                .failures(3, within: .seconds(60)).minimumReporters(2),
                .failures(3, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(1), minimumCalls: 5),
            ]),
            recovery: RecoveryPolicy(
                jitter: oneOf([0, 1]),
                maximumRetryAfter: oneOf([.seconds(300), .seconds(86400 * 366)]),
                probes: oneOf([1, 3]),
                ramp: oneOf([.zero, .seconds(30)])
            ),
            sharing: SharingPolicy(
                lookBeside: oneOf([.zero, .milliseconds(5), .seconds(300)]),
                maxClockSkew: oneOf([.zero, .seconds(1)]),
                onStoreLoss: oneOf(SharingPolicy.StoreLoss.allCases),
                alone: oneOf([1, 5, .max])
            )
        )
    }
}
