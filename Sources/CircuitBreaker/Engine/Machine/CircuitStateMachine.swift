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
    package let rules: CircuitRules
    // By which an operator finds this process; empty: nothing is said of it.
    package var name = ""
    package internal(set) var view = View()
    // This environment's own circuit: used while the store is lost, and while too few environments saw failures.
    package internal(set) var own = CircuitRecord()
    package internal(set) var store = StoreHealth()
    package internal(set) var notices: [Notice] = []

    var unreported = Unreported()
    // Until when failures may matter of which nobody knows whether the record has them.
    var uncertainUntil = Timestamp(milliseconds: .min)
    var others = OthersClock()
    var isReading = false
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
        guard let fetchedAt = view.fetchedAt else { return false }
        let age = now.since(fetchedAt)
        return age >= 0 && (age <= rules.maxViewAge || now < store.graceUntil)
    }

    // A view that was asked for after a call began is young enough for that call, however long the answer took.
    func isViewYoungEnough(for call: CallProgress, at now: Timestamp) -> Bool {
        isViewFresh(at: now) || view.fetchedAt != nil && call.asked(for: view)
    }
}
