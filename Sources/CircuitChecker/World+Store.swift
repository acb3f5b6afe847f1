//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The store: the three verbs, as the engine itself defines them for a record, and what may happen to a request on its way.
extension World {
    mutating func perform(_ action: StoreAction, from e: Int, life: Int? = nil, isCopy: Bool, in scenario: Scenario) -> StoreReply {
        switch action {
        case .read: return .record(record)
        case .report(let report):
            let before = record
            var next = record ?? CircuitRecord()
            guard next.apply(report) else { return .reported(.refused(before)) }
            noteReport(report, from: environments[e].life == life ?? environments[e].life ? e : nil, isCopy: isCopy, to: next)
            write(next)
            return .reported(.accepted(next))
        case .change(let change):
            let before = record ?? CircuitRecord()
            var next = before
            guard next.apply(change) else { return .changed(.lost(record)) }
            checkChange(change, by: e, of: before, to: next, isCopy: isCopy, in: scenario)
            write(next)
            return .changed(.won(next))
        }
    }

    mutating func write(_ next: CircuitRecord?) {
        guard next != record else { return }
        earlier = Earlier(record: record, replacedAt: now)
        record = next
        noteRecord()
    }

    mutating func apply(_ e: Int, _ c: Int, in scenario: Scenario) {
        guard case .sent(let request) = environments[e].calls[c].stage else { return }
        let reply = perform(request.action, from: e, isCopy: false, in: scenario)
        environments[e].calls[c].stage = .answered(request, reply)
    }

    // The request arrives again, and the caller hears the second answer.
    mutating func applyAgain(_ e: Int, _ c: Int, in scenario: Scenario) {
        guard case .answered(let request, _) = environments[e].calls[c].stage else { return }
        let reply = perform(request.action, from: e, isCopy: true, in: scenario)
        environments[e].calls[c].stage = .answered(request, reply)
    }

    mutating func answerStale(_ e: Int, _ c: Int) {
        guard case .sent(let request) = environments[e].calls[c].stage, let earlier else { return }
        environments[e].calls[c].stage = .answered(request, .record(earlier.record))
    }

    func canReadStale(in scenario: Scenario) -> Bool {
        earlier.map { now - $0.replacedAt <= scenario.staleness } ?? false
    }

    // The caller's time is over before an answer arrives. The request may still be on its way.
    mutating func giveUp(_ e: Int, _ c: Int, in scenario: Scenario) {
        let request: StoreRequest
        switch environments[e].calls[c].stage {
        case .sent(let sent):
            request = sent
            if case .read = sent.action { break }
            strays.append(Stray(environment: e, life: environments[e].life, action: sent.action, isCopy: false))
        case .answered(let sent, _): request = sent
        default: return
        }
        let time = environments[e].calls[c].session.allowance
        deliver(.failed(StoreFailure(mayHaveBeenApplied: true)), to: request, after: time, e, c, in: scenario)
    }

    mutating func refuse(_ e: Int, _ c: Int, isThrottling: Bool, in scenario: Scenario) {
        guard case .sent(let request) = environments[e].calls[c].stage else { return }
        deliver(.failed(StoreFailure(isThrottling: isThrottling, mayHaveBeenApplied: false)), to: request, e, c, in: scenario)
    }

    mutating func applyStray(_ index: Int, in scenario: Scenario) {
        let stray = strays.remove(at: index)
        _ = perform(stray.action, from: stray.environment, life: stray.life, isCopy: stray.isCopy, in: scenario)
    }
}
