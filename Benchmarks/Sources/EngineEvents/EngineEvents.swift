//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// One environment's engine and a record beside it, without clocks, locks and stores: what a call costs the engine alone.
///
/// The engine's own sources, by a link, so that they can be driven from outside the library.
public struct EngineEvents {
    private var session: Session
    private var record = CircuitRecord()
    private var now = Timestamp(milliseconds: 1_790_000_000_000)

    /// Creates an engine.
    /// - Parameter isOpen: whether its circuit is OPEN for a day.
    /// - Throws: never; the rules are fixed.
    public init(isOpen: Bool = false) throws {
        let day = Duration.seconds(86_400)
        let rules = try CircuitRules(
            policy: isOpen ? .failures(1, within: .seconds(60)) : .failures(1_000_000_000, within: .seconds(60)),
            recovery: .init(openTime: day, maximumOpenTime: day)
        )
        session = Session(environment: EnvironmentID(rawValue: "benchmark"), rules: rules, seed: 1)
        // Each call asks the engine.
        session.usesPasses = false
        if isOpen { call(.failure(retryAfter: nil)) }
    }

    /// Calls that succeed, a millisecond apart: admitted and counted; the record is read once a second.
    /// - Parameter count: how many.
    public mutating func succeed(_ count: Int) {
        for _ in 0..<count { call(.success(isSlow: false)) }
    }

    /// Calls that fail: admitted, counted, reported.
    /// - Parameter count: how many.
    public mutating func fail(_ count: Int) {
        for _ in 0..<count { call(.failure(retryAfter: nil)) }
    }

    private mutating func call(_ outcome: Outcome) {
        now = now.adding(1)
        var call = Session.Call()
        var step = session.begin(&call, at: now)
        while true {
            for look in session.takeLooks() { session.collected(answer(look.action), to: look, at: now) }
            switch step {
            case .ask(let request, _): step = session.answered(answer(request.action), after: 0, &call, at: now)
            case .run: step = session.ended(outcome, &call, at: now)
            case .wait: step = session.waited(0, timedOut: false, &call, at: now)
            case .reject, .done:
                _ = session.takeNotices()
                return
            }
        }
    }

    private mutating func answer(_ action: StoreAction) -> StoreReply {
        switch action {
        case .read: .record(record)
        case .report(let report): .reported(record.apply(report) ? .accepted(record) : .refused(record))
        case .change(let change): .changed(record.apply(change) ? .won(record) : .lost(record))
        }
    }
}
