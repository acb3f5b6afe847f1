//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// A request to the store, there and back.
extension World {
    // With a token for a look, for which no call waits.
    mutating func ask(_ action: A.Action, _ e: Int, limit: Milliseconds?, token: UInt64? = nil) {
        let way = store.ways()
        let isLost = store.random.unit() < scenario.store.lostRequests
        let hasNoReply = store.random.unit() < scenario.store.lostReplies
        let isSilent = store.outage(at: now + way.there) == .silent
        let arrives = !isLost && !isSilent
        let isAnswered = arrives && !hasNoReply
        var request = StoreRequestInFlight<A>(
            environment: Int32(e),
            stamp: token == nil ? environments.stamp[e] : environments.life[e],
            action: action,
            token: token,
            wayBack: isAnswered ? way.back : nil,
            attemptsLeft: A.retry.attempts - 1
        )
        if let limit, !isAnswered || way.there + way.back > limit {
            request.wayBack = nil
            request.uses = arrives ? 2 : 1
            let index = store.insert(request)
            events.add(.requestTimedOut, index, at: now + limit)
            if arrives { events.add(.requestArrived, index, at: now + way.there) }
        } else {
            request.uses = 1
            if arrives { events.add(.requestArrived, store.insert(request), at: now + way.there) }
            // Nothing but the function's own limit ends this wait.
            if !isAnswered { events.add(.died, e, stamp: environments.stamp[e], at: environments.busySince[e] + fleet.functionTimeout) }
        }
        if token == nil { waited(e, for: isAnswered ? min(way.there + way.back, limit ?? .max) : limit ?? 0) }
    }

    mutating func sendLooks(_ e: Int) {
        while let look = algorithm.takeLook(e) { ask(look.action, e, limit: look.limit, token: look.token) }
    }

    mutating func wait(_ e: Int, limit: Milliseconds) {
        environments.waits[e] = (now, now + limit)
        events.add(.waitEnded, e, stamp: environments.stamp[e], at: now + limit)
    }

    mutating func waitEnded(_ e: Int) {
        if let wait = environments.waits[e], now >= wait.until { endWait(e) }
    }

    private mutating func endWait(_ e: Int) {
        guard let wait = environments.waits[e] else { return }
        environments.waits[e] = nil
        waited(e, for: now - wait.since)
        take(algorithm.waited(e, at: clock(of: e)), e)
    }

    private mutating func waited(_ e: Int, for time: Milliseconds) {
        record.waited(time, isFirst: !environments.hasWaited[e])
        environments.hasWaited[e] = true
    }

    // A process that is frozen learns of an answer when its next invocation begins.
    private mutating func collect(_ index: Int) {
        guard let request = store[index], let token = request.token, let answer = request.answer else { return }
        let e = Int(request.environment)
        guard environments.life[e] == request.stamp, environments.mode[e] != .absent else { return store.release(index) }
        guard environments.mode[e] == .busy, now >= environments.busySince[e] else { return environments.frozen[e].append(Int32(index)) }
        store.release(index)
        algorithm.collect(e, token, answer, at: clock(of: e))
        note(algorithm.belief(of: e), of: e)
        sendLooks(e)
        if environments.waits[e] != nil { endWait(e) }
    }

    mutating func collectFrozen(_ e: Int) {
        let waiting = environments.frozen[e]
        environments.frozen[e] = []
        for index in waiting { collect(Int(index)) }
    }

    mutating func arriveAtStore(_ index: Int) {
        guard let request = store[index] else { return }
        let demand = A.demand(of: request.action, on: store.versions.current)
        let isWrite = demand.kind == .write
        record.asked(isWrite: isWrite)
        let isRefused = store.outage(at: now) == .refusing
        let (readUnits, writeUnits) = isWrite ? (0, demand.units) : (demand.units, 0)
        let isCarried = !isRefused && store.partition.carries(reads: readUnits, writes: writeUnits, at: now)
        guard isCarried else {
            if isRefused { record.storeFailed() } else { record.throttled() }
            if request.attemptsLeft > 0 { return sendAgain(index, isThrottled: !isRefused) }
            return reply(.failed(isThrottling: !isRefused, mayHaveBeenApplied: false), index)
        }
        record.used(reads: readUnits, writes: writeUnits)
        reply(.reply(carryOut(request.action, demand.kind, from: Int(request.environment))), index)
    }

    private mutating func carryOut(_ action: A.Action, _ kind: StoreDemand.Kind, from e: Int) -> A.Reply {
        switch kind {
        case .consistentRead:
            return algorithm.answer(action, reading: store.versions.current)
        case .eventualRead:
            let plan = scenario.store
            guard plan.staleness > 0, store.random.unit() < plan.staleReads else {
                return algorithm.answer(action, reading: store.versions.current)
            }
            let age = Milliseconds(store.random.unit() * Double(plan.staleness))
            return algorithm.answer(action, reading: store.versions.at(age: age, now: now))
        case .write:
            var next = store.versions.current
            let before = algorithm.belief(of: next)
            let (reply, isChanged) = algorithm.write(action, to: &next, from: e, at: now)
            if !isChanged { record.refusedWrite() }
            if isChanged { store.versions.replace(with: next, at: now) }
            let after = algorithm.belief(of: next)
            if before != after { record.changed(from: before, to: after, at: now, isFalse: !downstream.isTroubled(at: now)) }
            return reply
        }
    }

    private mutating func reply(_ answer: StoreAnswer<A.Reply>, _ index: Int) {
        if let wayBack = store[index]?.wayBack {
            store[index]?.answer = answer
            events.add(.replyArrived, index, at: now + wayBack)
        } else {
            store.release(index)
        }
    }

    private mutating func sendAgain(_ index: Int, isThrottled: Bool) {
        guard let request = store[index] else { return }
        let attempt = A.retry.attempts - request.attemptsLeft
        let wait = A.retry.wait(after: attempt, isThrottled: isThrottled, luck: store.random.unit())
        store[index]?.attemptsLeft -= 1
        let way = store.ways()
        record.waited(wait + way.there + way.back, isFirst: false)
        events.add(.requestArrived, index, at: now + (request.wayBack ?? 0) + wait + way.there)
    }

    mutating func answerArrived(_ index: Int) {
        guard let request = store[index], let answer = request.answer else { return }
        if request.token != nil { return collect(index) }
        store.release(index)
        resume(Int(request.environment), request.stamp, answer)
    }

    mutating func requestTimedOut(_ index: Int) {
        guard let request = store[index] else { return }
        record.storeFailed()
        let answer = StoreAnswer<A.Reply>.failed(isThrottling: false, mayHaveBeenApplied: true)
        if request.token != nil {
            store[index]?.answer = answer
            return collect(index)
        }
        store.release(index)
        resume(Int(request.environment), request.stamp, answer)
    }

    private mutating func resume(_ e: Int, _ stamp: UInt32, _ answer: StoreAnswer<A.Reply>) {
        guard environments.stamp[e] == stamp else { return }
        take(algorithm.resume(e, with: answer, at: clock(of: e)), e)
    }
}
