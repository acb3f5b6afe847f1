//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Logging
import Synchronization

// How the shell drives the engine: lock, ask, unlock, do.
extension CircuitBreaker {
    // How much of a call's allowance for the store is left.
    struct StoreAllowance {
        var left: Duration
    }

    enum Admitted {
        case ticket(Ticket)
        case rejected(Rejection)
        case cancelled
    }

    func allowance() -> StoreAllowance {
        StoreAllowance(left: configuration.sharing.storeTimeout)
    }

    func admit(_ allowance: inout StoreAllowance) async -> Admitted {
        var call = CallProgress()
        while true {
            if Task.isCancelled, !call.holdsSlot { return .cancelled }
            let joiner = OneShot<Void>()
            let isOverdue = allowance.left <= .zero
            let admission = withState { state, now in
                let admission = isOverdue ? state.machine.admitLate(&call, at: now) : state.machine.admit(&call, at: now)
                switch admission {
                case .permit(let ticket): if ticket.isProbe { state.counts.probes += 1 }
                case .rejected: state.counts.rejected += 1
                case .join: state.joiners.append(joiner)
                case .perform: state.counts.storeRequests += 1
                }
                return admission
            }
            switch admission {
            case .permit(let ticket):
                guard !Task.isCancelled else {
                    await finish(ticket, .unused, as: nil, &allowance)
                    return .cancelled
                }
                tell(.admitted(isProbe: ticket.isProbe))
                return .ticket(ticket)
            case .rejected(let rejection):
                telemetry.rejected()
                tell(.rejected(rejection))
                return .rejected(rejection)
            case .perform(let request):
                await perform(request, &call, &allowance)
            case .join:
                await join(joiner, &allowance, isCancellable: true)
            }
        }
    }

    // Takes in how a call ended, and tells the store what it must know. Runs to its end even if the caller is cancelled.
    func finish(_ ticket: Ticket, _ outcome: Outcome, as event: CircuitEvent?, _ allowance: inout StoreAllowance) async {
        var call = CallProgress()
        withState { state, now in
            state.machine.finish(ticket, outcome, &call, at: now)
            switch event {
            case .succeeded(_, let isSlow)?:
                state.counts.succeeded += 1
                if isSlow { state.counts.slow += 1 }
            case .failed?: state.counts.failed += 1
            case .timedOut?: state.counts.timedOut += 1
            default: state.counts.returnedUnused += 1
            }
        }
        tell(event ?? .returnedUnused)
        await settle(&call, &allowance)
    }

    private func settle(_ call: inout CallProgress, _ allowance: inout StoreAllowance) async {
        while !call.isSettled, allowance.left > .zero {
            let joiner = OneShot<Void>()
            let step = withState { state, now in
                let step = state.machine.settle(&call, at: now)
                if case .join = step { state.joiners.append(joiner) }
                if case .perform = step { state.counts.storeRequests += 1 }
                return step
            }
            switch step {
            case .done: return
            case .perform(let request): await perform(request, &call, &allowance)
            case .join: await join(joiner, &allowance, isCancellable: false)
            }
        }
    }

    // A request is never cut by the caller's cancellation: a slot that it takes must be known, to be returned.
    func perform(_ request: StoreRequest, _ call: inout CallProgress, _ allowance: inout StoreAllowance) async {
        let (reply, error) = await ask(request.action, &allowance)
        let joiners = withState { state, now in
            if let error { state.lastStoreError = error }
            state.machine.receive(reply, to: request, &call, at: now)
            defer { state.joiners = [] }
            return state.joiners
        }
        for joiner in joiners { joiner.resume(returning: ()) }
    }

    private func ask(_ action: StoreAction, _ allowance: inout StoreAllowance) async -> (StoreReply, StoreError?) {
        let (store, id) = (store, id)
        if store.answersImmediately { return await store.answer(action, id) }
        let start = clock.now
        let limit = allowance.left
        let answer = await first(within: limit, clock: clock, passesCancellationOn: false) { await store.answer(action, id) }
        allowance.left -= start.duration(to: clock.now)
        if let answer { return answer }
        allowance.left = .zero
        let error = StoreError(.timedOut, "no answer within \(limit)")
        return (.failed(error.failure), error)
    }

    private func join(_ joiner: OneShot<Void>, _ allowance: inout StoreAllowance, isCancellable: Bool) async {
        let start = clock.now
        let (clock, limit) = (clock, allowance.left)
        let timer = Task {
            guard (try? await clock.sleep(for: limit)) != nil else { return }
            joiner.resume(returning: ())
        }
        await withTaskCancellationHandler {
            await joiner.value()
        } onCancel: {
            if isCancellable { joiner.resume(returning: ()) }
        }
        timer.cancel()
        allowance.left -= start.duration(to: clock.now)
    }

    // MARK: the lock

    func withState<Result>(_ body: (inout State, Timestamp) -> Result) -> Result {
        let now = clock.now
        let (result, notices, error) = state.withLock { state in
            let free = freePass.successes
            state.machine.countFreeSuccesses(free - state.freeSuccessesSeen, at: now)
            state.freeSuccessesSeen = free
            let result = body(&state, now)
            publish(&state, at: now)
            let notices = state.machine.takeNotices()
            for notice in notices { state.counts.add(notice) }
            return (result, notices, state.lastStoreError)
        }
        for notice in notices { tell(notice, error) }
        return result
    }

    private func publish(_ state: inout State, at now: Timestamp) {
        guard state.listeners.isEmpty, !telemetry.isOn else { return freePass.revoke() }
        if let refusal = state.machine.freeRefusal(at: now) { return freePass.refuse(until: refusal.end, with: refusal.rejection, at: now) }
        freePass.revoke()
        guard configuration.timeout == nil, let end = state.machine.freePass(at: now) else { return }
        let epoch = state.machine.view.record.epoch
        if epoch != state.passEpoch {
            state.passEpoch = epoch
            state.passGeneration = FreePass.generation(of: state.passGeneration + 1)
        }
        freePass.admit(until: end, generation: state.passGeneration)
    }

    // The ticket of a call that a pass admitted; one of an epoch that is over, if the pass is no longer of this one.
    func ticket(of pass: UInt64) -> Ticket {
        withState { state, now in
            var ticket = state.machine.countedTicket(at: now)
            if FreePass.generation(of: pass) != state.passGeneration || ticket.epoch != state.passEpoch {
                ticket.epoch = Epoch(rawValue: -1)
            }
            return ticket
        }
    }

    // MARK: telling

    func tell(_ event: CircuitEvent) {
        let listeners = state.withLock { $0.listeners.isEmpty ? nil : $0.listeners }
        guard let listeners else { return }
        var dropped = 0
        for listener in listeners.values {
            if case .dropped = listener.yield(event) { dropped += 1 }
        }
        if dropped > 0 { state.withLock { $0.counts.droppedEvents += dropped } }
    }

    private func tell(_ notice: Notice, _ error: StoreError?) {
        switch notice {
        case .stateChanged(let from, let to, let reason, let epoch, let isOwn):
            log(to, from, reason, epoch: epoch, level: isOwn ? .info : .debug)
            telemetry.stateChanged(to)
            tell(.stateChanged(.init(from: from, to: to, reason: reason, epoch: epoch, isOwn: isOwn)))
        case .ownStateChanged(let from, let to, let reason):
            log(to, from, reason, epoch: nil, level: .info)
            tell(.stateChanged(.init(from: from, to: to, reason: reason, epoch: nil, isOwn: true)))
        case .staleOutcome: tell(.staleOutcomeDropped)
        case .uncertainReport(let calls): tell(.reportUncertain(calls: calls))
        case .outcomeLost: tell(.probeOutcomeLost)
        case .wouldReject(let rejection): tell(.wouldReject(rejection))
        case .storeBack:
            logger.log(level: storeLossLog.levelOfReturn(), "CircuitBreaker store: back", metadata: ["circuit": "\(id)"])
            tell(.storeBack)
        case .storeLost:
            let error = error ?? StoreError(.unavailable, "no usable answer")
            logger.log(
                level: storeLossLog.levelOfLoss(error),
                "CircuitBreaker store: lost, going on by \(configuration.sharing.onStoreLoss.rawValue)",
                metadata: ["circuit": "\(id)", "error": "\(error)"]
            )
            tell(.storeLost(error))
        }
    }

    private func log(_ to: CircuitState, _ from: CircuitState, _ reason: ChangeReason?, epoch: Epoch?, level: Logger.Level) {
        logger.log(
            level: level,
            "CircuitBreaker state: \(to.logName)",
            metadata: [
                "circuit": "\(id)", "from": "\(from.logName)", "to": "\(to.logName)", "reason": "\(reason.map { "\($0)" } ?? "unknown")",
                "epoch": epoch.map { "\($0.rawValue)" } ?? "own", "environment": "\(environment.rawValue)",
            ]
        )
    }
}

extension CircuitBreaker.Counts {
    mutating func add(_ notice: Notice) {
        switch notice {
        case .staleOutcome: staleOutcomes += 1
        case .uncertainReport(let calls): uncertainOutcomes += calls
        case .outcomeLost: lostProbeOutcomes += 1
        case .wouldReject: wouldReject += 1
        case .stateChanged(_, _, _, _, let isOwn): if isOwn { changesOfState += 1 }
        case .ownStateChanged, .storeLost, .storeBack: break
        }
    }
}

extension CircuitStore {
    fileprivate func answer(_ action: StoreAction, _ id: String) async -> (StoreReply, StoreError?) {
        do throws(StoreError) {
            switch action {
            case .read(let consistent): return (.record(try await read(id, consistent: consistent)), nil)
            case .report(let report): return (.reported(try await self.report(report, to: id)), nil)
            case .change(let change): return (.changed(try await self.change(change, of: id)), nil)
            }
        } catch {
            return (.failed(error.failure), error)
        }
    }
}
