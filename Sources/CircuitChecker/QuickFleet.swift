//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Environments whose store answers at once, for stories that count: reports, failures until the circuit opens. The same seeds give the same story.
struct QuickFleet {
    private(set) var now = Timestamp(milliseconds: 1_200_000_000)
    private(set) var record: CircuitRecord?
    private(set) var sessions: [Session]
    private(set) var requests = 0
    private(set) var reports = 0
    private var chance = SplitMix64(seed: 1)
    var losesReads = false
    var losesWrites = false
    // Whether a write that is lost may have arrived.
    var isLossCertain = false
    // Whether the store asks for fewer reads, and takes every write.
    var throttlesReads = false

    init(
        _ count: Int,
        policy: TripPolicy = .failures(5, within: .seconds(60)),
        recovery: RecoveryPolicy = .init(),
        sharing: SharingPolicy = .init()
    ) {
        let rules = Self.rules(policy, recovery, sharing)
        sessions = (0..<count).map { Session(environment: EnvironmentID(rawValue: "e\($0)"), rules: rules, seed: UInt64($0)) }
    }

    static func rules(_ policy: TripPolicy, _ recovery: RecoveryPolicy = .init(), _ sharing: SharingPolicy = .init()) -> CircuitRules {
        do { return try CircuitRules(policy: policy, recovery: recovery, sharing: sharing) } catch { preconditionFailure("\(error)") }
    }

    // What the window of the record holds.
    var known: CircuitWindow.Tally {
        record.map { sessions[0].rules.total(of: $0, at: now) } ?? CircuitWindow.Tally()
    }

    var isClosed: Bool { record.map { $0.state == .closed } ?? true }

    mutating func wait(_ milliseconds: Int64) {
        now = now.adding(milliseconds)
    }

    mutating func update(_ e: Int, _ policy: TripPolicy) {
        _ = sessions[e].update(Self.rules(policy), at: now)
    }

    // No call goes by a pass any more.
    mutating func askAlways() {
        for e in sessions.indices { sessions[e].usesPasses = false }
    }

    // As before the first call.
    mutating func prepare() {
        for e in sessions.indices {
            let look = sessions[e].prepare(at: now)
            sessions[e].collected(answer(look), to: look, at: now)
        }
    }

    // Whether the call was admitted.
    @discardableResult
    mutating func call(_ e: Int, fails: Bool = false, isSlow: Bool = false) -> Bool {
        var call = Session.Call()
        var isAdmitted = false
        var step = sessions[e].begin(&call, at: now)
        while true {
            var looks = sessions[e].takeLooks()
            while !looks.isEmpty {
                let look = looks.removeFirst()
                sessions[e].collected(answer(look), to: look, at: now)
                looks += sessions[e].takeLooks()
            }
            switch step {
            case .ask(let request, _): step = sessions[e].answered(answer(request), after: 0, &call, at: now)
            case .wait: step = sessions[e].waited(0, timedOut: false, &call, at: now)
            case .run:
                isAdmitted = true
                step = sessions[e].ended(fails ? .failure(retryAfter: nil) : .success(isSlow: isSlow), &call, at: now)
            case .reject, .done: return isAdmitted
            }
        }
    }

    // Calls of environments at random for so many milliseconds, until the circuit is no longer CLOSED: how many of them failed or were slow.
    @discardableResult
    mutating func goOn(_ milliseconds: Int64, perSecond: Int64, failing: Double = 0, slow: Double = 0) -> Int {
        var bad = 0
        for millisecond in 0..<milliseconds {
            let calls = (millisecond + 1) * perSecond / 1000 - millisecond * perSecond / 1000
            for _ in 0..<calls where isClosed {
                let (fails, isSlow) = (chance.unit() < failing, chance.unit() < slow)
                let isAdmitted = call(Int(chance.next() % UInt64(sessions.count)), fails: fails, isSlow: isSlow)
                if isAdmitted, fails || isSlow { bad += 1 }
            }
            wait(1)
        }
        return bad
    }

    private mutating func answer(_ request: StoreRequest) -> StoreReply {
        requests += 1
        if throttlesReads, request.action.isRead { return .failed(StoreFailure(isThrottling: true, mayHaveBeenApplied: false)) }
        let isLost = request.action.isRead ? losesReads : losesWrites
        if isLost { return .failed(StoreFailure(mayHaveBeenApplied: !request.action.isRead && !isLossCertain)) }
        var next = record ?? CircuitRecord()
        switch request.action {
        case .read:
            return .record(record)
        case .report(let report):
            reports += 1
            guard next.apply(report) else { return .reported(.refused(record)) }
            record = next
            return .reported(.accepted(next))
        case .change(let change):
            guard next.apply(change) else { return .changed(.lost(record)) }
            record = next
            return .changed(.won(next))
        }
    }
}
