//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// One environment's part in one circuit, and the one loop that drives its calls. A value: it says what is to be done next, and whoever owns it does that
// and says what came of it. The library, the exhaustive checker and the simulator drive this same session and have no rules of their own.
package struct Session: Hashable, Sendable {
    // What is to be done next for a call.
    package enum Step: Hashable, Sendable {
        // Ask the store, wait for its answer for so many milliseconds at most, and tell `answered`.
        case ask(StoreRequest, limit: Int64)
        // A look is under way: wait for its answer for so many milliseconds at most, and tell `waited`.
        case wait(limit: Int64, isCancellable: Bool)
        // Make the call, for so many milliseconds at most, and tell `ended`.
        case run(Ticket, limit: Int64?)
        case reject(Rejection)
        case done(Ending)
    }

    // How a call that neither runs nor is rejected came to its end.
    package enum Ending: Hashable, Sendable {
        // Nothing is left to be told to the store, or there is no time left to tell it; an operator's command was carried out.
        case settled
        // The caller was cancelled before the call began.
        case cancelled
        // There was no time left to make the call.
        case outOfTime
        // The store did not answer an operator's command.
        case storeFailed
        // The record changed on each of so many attempts at an operator's command.
        case contested(attempts: Int)
    }

    // How long a call may take.
    package struct Limits: Hashable, Sendable {
        // Milliseconds from its beginning.
        package var timeout: Int64?
        // When it must have ended.
        package var end: Timestamp?
        // Milliseconds that are left after that, for the store.
        package var margin: Int64?

        package init(timeout: Int64? = nil, end: Timestamp? = nil) {
            self.timeout = timeout
            self.end = end
        }

        // By a deadline, at most a quarter of the time until which is kept for what comes after the call.
        package init(timeout: Int64?, deadline: Timestamp, margin: Int64, at now: Timestamp) {
            let margin = min(margin, max(0, deadline.since(now)) / 4)
            self.init(timeout: timeout, end: deadline.adding(-margin))
            self.margin = margin
        }

        // Whether a call that timed out after so many milliseconds had less time than it must have to say anything about the dependency, and the deadline is to blame.
        package func isBrief(_ limit: Int64, minimumBudget: Int64) -> Bool {
            end != nil && limit < minimumBudget && timeout.map { limit < $0 } ?? true
        }

        func left(at now: Timestamp) -> Int64? {
            guard let end else { return timeout }
            let left = end.since(now)
            return timeout.map { min($0, left) } ?? left
        }
    }

    // What one call carries from step to step. Its owner keeps it between them.
    package struct Call: Hashable, Sendable {
        enum Phase: Hashable, Sendable {
            case admission
            case running
            case settlement
            case reporting
            case command(Command, attempts: Int)
            case over
        }

        var phase = Phase.admission
        var progress = CallProgress()
        var limits: Limits
        // Milliseconds that the store may still add to the call.
        package internal(set) var allowance: Int64 = 0
        // Of these, the most that it waits for the answer that it now waits for.
        package internal(set) var patience: Int64 = 0
        // It waits as long as an answer may take: less time says nothing about the store.
        var isPatient = false
        // It waits no longer, or has begun to try a store that fails: it goes by what is known.
        var hurries = false
        // A look was begun beside it, and it does not return before that has ended.
        var looksBeside = false
        package internal(set) var ticket: Ticket?
        // Admitted by a pass: a success needs nothing but to be counted.
        var isPassed = false
        var ending = Ending.settled
        var request: StoreRequest?

        package init(limits: Limits = Limits()) {
            self.limits = limits
        }

        // The call waits for the store no more, and goes by what is known.
        package var isLate: Bool { allowance <= 0 || hurries }

        // Whether a view was asked for after the call began.
        package func asked(for view: CircuitStateMachine.View) -> Bool {
            progress.asked(for: view)
        }
    }

    package internal(set) var machine: CircuitStateMachine
    package internal(set) var pass: Pass?
    // Successes of calls that a pass admitted, not yet counted by the machine.
    var passed = 0
    // Whether calls may go by a pass.
    package var usesPasses = true
    // What other circuits of this process, with the same store, have waited for in vain.
    package var silentElsewhere: StoreHealth.Kinds = []
    // Requests that no call asks for itself: whoever owns the session sends them, and tells `collected`, whatever becomes of the calls.
    var looks: [StoreRequest] = []

    package init(environment: EnvironmentID, rules: CircuitRules, seed: UInt64) {
        machine = CircuitStateMachine(environment: environment, rules: rules, seed: seed)
    }

    package var rules: CircuitRules { machine.rules }

    // By whoever owns a session that may be copied with its process, so that no token is made by a chance of before.
    package mutating func renew(chance: UInt32) {
        machine.chance = chance
    }

    // What the failure that ends next was, for the record.
    package mutating func noteError(type: String) {
        machine.unreported.lastError = Evidence.LastError(type: type, reporter: machine.name)
    }

    // Goes by other rules. False: from the next change of state on.
    package mutating func update(_ rules: CircuitRules, at now: Timestamp) -> Bool {
        enter(at: now)
        defer { leave(at: now) }
        machine.update(rules)
        return machine.nextRules == nil
    }

    package mutating func takeNotices() -> [Notice] {
        machine.notices.isEmpty ? [] : machine.takeNotices()
    }

    package mutating func takeLooks() -> [StoreRequest] {
        guard !looks.isEmpty else { return [] }
        defer { looks = [] }
        return looks
    }

    // MARK: a call's way

    package mutating func begin(_ call: inout Call, isCancelled: Bool = false, at now: Timestamp) -> Step {
        // A deadline that has passed is seen before anything is asked.
        if let left = call.limits.left(at: now), left <= 0 { return over(&call, .outOfTime) }
        if let step = passBy(&call, at: now) { return step }
        enter(at: now)
        defer { leave(at: now) }
        call.allowance = rules.storeTimeout
        return admit(&call, isCancelled: isCancelled, at: now)
    }

    // The store's answer to what the call asked, after so many milliseconds.
    package mutating func answered(_ reply: StoreReply, after time: Int64, _ call: inout Call, isCancelled: Bool = false, at now: Timestamp) -> Step {
        enter(at: now)
        defer { leave(at: now) }
        guard let request = call.request else { return over(&call, call.ending) }
        call.request = nil
        call.allowance -= time
        machine.receive(reply, to: request, &call.progress, at: now)
        if case .command = call.phase { return goOn(with: &call, after: reply, at: now) }
        return next(&call, isCancelled: isCancelled, at: now)
    }

    // A look at the record before the first call.
    package mutating func prepare(at now: Timestamp) -> StoreRequest {
        machine.read(at: now)
    }

    // The store's answer to a look.
    package mutating func collected(_ reply: StoreReply, to request: StoreRequest, at now: Timestamp) {
        enter(at: now)
        defer { leave(at: now) }
        if let next = machine.collect(reply, to: request, at: now) { looks.append(next) }
    }

    // A look's answer has come, or the wait for it has timed out, after so many milliseconds.
    package mutating func waited(_ time: Int64, timedOut: Bool, _ call: inout Call, isCancelled: Bool = false, at now: Timestamp) -> Step {
        enter(at: now)
        defer { leave(at: now) }
        call.allowance -= time
        if timedOut {
            call.hurries = true
            if call.isPatient { machine.noteSilence(of: machine.kindsUnderWay, at: now) }
        }
        return next(&call, isCancelled: isCancelled, at: now)
    }

    // A call that ran has ended. What the store must still learn is reported whether or not the caller was cancelled.
    package mutating func ended(_ outcome: Outcome, _ call: inout Call, at now: Timestamp) -> Step {
        if call.isPassed, outcome == .success(isSlow: false), call.ticket?.epoch == machine.view.record.epoch {
            passed += 1
            return over(&call, .settled)
        }
        enter(at: now)
        defer { leave(at: now) }
        return conclude(outcome, &call, at: now)
    }

    private mutating func next(_ call: inout Call, isCancelled: Bool, at now: Timestamp) -> Step {
        switch call.phase {
        case .admission: admit(&call, isCancelled: isCancelled, at: now)
        case .settlement: settle(&call, at: now)
        case .reporting: goOnReporting(&call, at: now)
        case .running, .command, .over: over(&call, call.ending)
        }
    }

    private mutating func admit(_ call: inout Call, isCancelled: Bool, at now: Timestamp) -> Step {
        // A slot that was taken for this call must be returned first.
        if isCancelled, !call.progress.holdsSlot { return over(&call, .cancelled) }
        let admission = call.isLate ? machine.admitLate(&call.progress, at: now) : machine.admit(&call.progress, at: now)
        switch admission {
        case .permit(let ticket):
            call.ticket = ticket
            if isCancelled { return giveUp(&call, .cancelled, at: now) }
            if let left = call.limits.left(at: now), left <= 0 { return giveUp(&call, .outOfTime, at: now) }
            call.phase = .running
            return .run(ticket, limit: limit(of: ticket, call, at: now))
        case .rejected(let rejection):
            call.phase = .over
            return .reject(rejection)
        case .perform(let request):
            return send(request, for: &call, isCancellable: true, at: now) ?? admit(&call, isCancelled: isCancelled, at: now)
        case .lookBeside(let request):
            looks.append(request)
            call.looksBeside = true
            return admit(&call, isCancelled: isCancelled, at: now)
        case .join:
            return wait(&call, isCancellable: true)
        }
    }

    private mutating func giveUp(_ call: inout Call, _ ending: Ending, at now: Timestamp) -> Step {
        call.ending = ending
        return conclude(.unused, &call, at: now)
    }

    private mutating func conclude(_ outcome: Outcome, _ call: inout Call, at now: Timestamp) -> Step {
        guard var ticket = call.ticket else { return over(&call, call.ending) }
        if call.isPassed { ticket.ownEpoch = machine.own.epoch }
        call.phase = .settlement
        if let margin = call.limits.margin { call.allowance = min(call.allowance, margin) }
        call.hurries = false
        machine.finish(ticket, outcome, &call.progress, at: now)
        return settle(&call, at: now)
    }

    mutating func settle(_ call: inout Call, at now: Timestamp) -> Step {
        guard !call.isLate else { return over(&call, call.ending) }
        switch machine.settle(&call.progress, at: now) {
        case .done:
            let isLooking = call.looksBeside && machine.isReading && !machine.store.failsToRead
            return isLooking ? wait(&call, isCancellable: false) : over(&call, call.ending)
        case .perform(let request): return send(request, for: &call, isCancellable: false, at: now) ?? settle(&call, at: now)
        case .join:
            guard machine.store.fails(.writes) else { return wait(&call, isCancellable: false) }
            call.hurries = true
            return over(&call, call.ending)
        }
    }

    // Nil: the call goes on at once.
    private mutating func send(_ request: StoreRequest, for call: inout Call, isCancellable: Bool, at now: Timestamp) -> Step? {
        let kind = request.action.kind
        if silentElsewhere.contains(kind), !machine.store.fails(kind) { machine.noteSilence(of: .init(kind), at: now) }
        if machine.store.fails(request.action.kind) {
            // A try of a store that fails holds no call.
            machine.beginTry(request)
            looks.append(request)
            call.hurries = true
            return nil
        }
        if case .change = request.action { return ask(request, for: &call) }
        looks.append(request)
        return wait(&call, isCancellable: isCancellable)
    }

    private func wait(_ call: inout Call, isCancellable: Bool) -> Step {
        call.patience = min(call.allowance, machine.patience)
        call.isPatient = call.patience == machine.patience
        return .wait(limit: call.patience, isCancellable: isCancellable)
    }

    func ask(_ request: StoreRequest, for call: inout Call) -> Step {
        call.request = request
        return .ask(request, limit: call.allowance)
    }

    func over(_ call: inout Call, _ ending: Ending) -> Step {
        call.phase = .over
        return .done(ending)
    }

    private func limit(of ticket: Ticket, _ call: Call, at now: Timestamp) -> Int64? {
        let lease = ticket.leaseEnd.map { $0.since(now) }
        guard let left = call.limits.left(at: now) else { return lease }
        return lease.map { min($0, left) } ?? left
    }
}
