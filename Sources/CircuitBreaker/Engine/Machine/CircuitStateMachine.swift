//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// One environment's part in one circuit. A value: it decides, and names the store's verb to perform; whoever owns it performs that and hands the reply back.
// The library, the exhaustive checker and the simulator drive this same machine.
package struct CircuitStateMachine: Hashable, Sendable {
    // The last known record, and when it was asked for.
    package struct View: Hashable, Sendable {
        package internal(set) var record = CircuitRecord()
        package internal(set) var exists = false
        package internal(set) var fetchedAt: Timestamp?
        // The request that brought it.
        var number: UInt64 = 0
        // The last request that had been sent by then: an answer to a later one cannot be older than this view.
        var lastRequest: UInt64 = 0
    }

    package let environment: EnvironmentID
    package private(set) var rules: CircuitRules
    // In force from the next epoch on: they judge by what has not been counted in this one.
    package private(set) var nextRules: CircuitRules?
    // By which an operator finds this process; empty: nothing is said of it.
    package var name = ""
    package internal(set) var view = View()
    // This environment's own circuit: used while the store is lost, and while too few environments saw failures.
    package internal(set) var own = CircuitRecord()
    // What this environment alone saw since the store failed it and its own circuit last changed, where that takes less to open it; else empty.
    var alone = CircuitRecord()
    package internal(set) var store = StoreHealth()
    package internal(set) var notices: [Notice] = []

    var unreported = Unreported()
    // Until when failures may matter of which nobody knows whether the record has them.
    var uncertainUntil = Timestamp(milliseconds: .min)
    var others = OthersClock()
    // The look at the record that is under way: the number of its request.
    var reading: UInt64?
    // Eight times the milliseconds that the store usually takes to answer, each answer weighing an eighth; nil: it has not answered yet.
    var roundTrip: Int64?
    // The change of state that is under way.
    var changing: WriterToken?
    // Whether a call is announcing an order or what became of it.
    var isKeepingOrder = false
    // An announcement of unknown fate.
    var unresolvedAnnouncement: Epoch?
    var slotsSpokenFor: Set<Int> = []
    // Writes whose fate is unknown; recognised when they turn up in the record.
    var unresolved: [WriterToken] = []
    var lastSuccessReport: Timestamp?
    // Successes of the epoch in view that are in no report and wait for none.
    var untold = 0
    var pace = SuccessPace()
    // Whether chance has decided over them since the record was last seen.
    var hasDrawn = false
    // The window as it was in an earlier view, so that a surge of failures shows.
    var mark: WindowMark?
    let salt: UInt64
    var nonce: UInt64 = 0
    // Makes the tokens of two processes differ that were restored from one snapshot, and so have the same name and the same memory.
    var chance: UInt32 = 0
    var requests: UInt64 = 0
    var random: SplitMix64

    package init(environment: EnvironmentID, rules: CircuitRules, seed: UInt64) {
        self.environment = environment
        self.rules = rules
        random = SplitMix64(seed: seed)
        salt = seed
    }

    // Goes by other rules, at once if they can judge what has been counted so far.
    package mutating func update(_ rules: CircuitRules) {
        let rules = rules.following(self.rules)
        if rules.canJudge(whatWasCountedBy: self.rules) { (self.rules, nextRules) = (rules, nil) } else { nextRules = rules }
    }

    mutating func takeNextRules() {
        guard let nextRules else { return }
        (rules, self.nextRules) = (nextRules, nil)
    }

    package mutating func takeNotices() -> [Notice] {
        defer { notices = [] }
        return notices
    }

    mutating func nextToken() -> WriterToken {
        nonce = nonce &+ 1
        return WriterToken(environment: environment, nonce: nonce << 32 | UInt64(chance))
    }

    mutating func request(_ action: StoreAction, at now: Timestamp) -> StoreRequest {
        requests += 1
        return StoreRequest(action: action, sentAt: now, number: requests)
    }

    package var isReading: Bool { reading != nil }

    mutating func read(consistent: Bool = false, at now: Timestamp) -> StoreRequest {
        reading = requests + 1
        return request(.read(consistent: consistent), at: now)
    }

    mutating func beginTry(_ request: StoreRequest) {
        store[request.action.kind].beginTry(for: rules.storeTimeout, at: request.sentAt)
    }

    // How long a call waits for an answer: about four times as long as usual. Who knows nothing yet has nothing to go by meanwhile.
    var patience: Int64 {
        guard let roundTrip, view.fetchedAt != nil else { return rules.storeTimeout }
        return min(rules.storeTimeout, max(roundTrip / 2, rules.storeTimeout / 20, 1))
    }

    var isChangingState: Bool { changing != nil }

    func recordExpiry(at now: Timestamp) -> Timestamp? {
        guard let order = view.record.order else { return now.adding(CircuitRules.retention) }
        return order.until.map { max($0, now).adding(CircuitRules.retention) }
    }

    func orderInForce(at now: Timestamp) -> CircuitOrder? {
        view.record.order.flatMap { $0.isInForce(at: now) ? $0 : nil }
    }

    // A clock that was set back makes a view old, not young for ever.
    func isViewFresh(at now: Timestamp) -> Bool {
        isView(noOlderThan: allowedAge(at: now), at: now)
    }

    func isView(noOlderThan limit: Int64, at now: Timestamp) -> Bool {
        guard let fetchedAt = view.fetchedAt else { return false }
        return (0...max(0, limit)).contains(now.since(fetchedAt))
    }

    // How old a view may be that decides without a look at the record.
    package func allowedAge(at now: Timestamp) -> Int64 {
        allowedAge(isHealthy: isHealthy(at: now))
    }

    func allowedAge(isHealthy: Bool) -> Int64 {
        isHealthy ? rules.maxHealthyViewAge : rules.maxViewAge
    }

    // A view that is older still admits calls while the look at the record is under way.
    func mayLookBeside(at now: Timestamp) -> Bool {
        mayLookBeside(isHealthy: isHealthy(at: now), at: now)
    }

    func mayLookBeside(isHealthy: Bool, at now: Timestamp) -> Bool {
        isHealthy && rules.lookBeside > 0 && isView(noOlderThan: rules.lookBeside, at: now)
    }

    // As far as is known here: CLOSED for good, no call in the window failed or was slow, and nothing went wrong here.
    package func isHealthy(at now: Timestamp) -> Bool {
        let record = view.record
        guard record.state == .closed, record.shared.circuitState == .closed, orderInForce(at: now) == nil, !store.isFailing else { return false }
        guard !unreported.isUrgent, unreported.underWay?.isUrgent != true, !ownCircuitDecides(at: now) else { return false }
        guard rules.share(of: record, at: now) == 1, !rules.countsStreak || record.failureStreak == 0 else { return false }
        // Those who know of failures must hear of successes soon.
        guard knowsVolume else { return false }
        return rules.firstTrouble(in: record, at: now) == nil
    }

    // Before anybody has reported successes, what a share is taken of is unknown.
    var knowsVolume: Bool { view.exists || !rules.needsSuccesses }

    // A view that was asked for after a call began is young enough for that call, however long the answer took.
    func isViewYoungEnough(for call: CallProgress, at now: Timestamp) -> Bool {
        isViewFresh(at: now) || view.fetchedAt != nil && call.asked(for: view)
    }
}
