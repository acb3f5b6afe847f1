//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace as people read it: one line per step, when, who, what, and what became of the record.
package func story(of trace: [Step], in scenario: Scenario) -> String {
    var world = World(scenario)
    var lines = ["\(scenario.name): \(scenario.about)", "   at first  \(describe(world.record, in: world, scenario))"]
    for step in trace {
        let before = world
        world.take(step, in: scenario)
        lines.append(line(step, before, world, scenario))
    }
    return lines.joined(separator: "\n")
}

func line(_ step: Step, _ before: World, _ after: World, _ scenario: Scenario) -> String {
    let line = "\(pad("+\(before.now - scenario.start) ms", 7)) \(describe(step, before, after))"
    return after.record == before.record ? line : line + "\n           the record: \(describe(after.record, in: after, scenario))"
}

private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

private func describe(_ record: CircuitRecord?, in world: World, _ scenario: Scenario) -> String {
    guard let record else { return "none" }
    func time(_ time: Timestamp) -> String { time == .zero ? "never" : "+\(time.milliseconds - scenario.start)" }
    var parts = ["\(record.state.rawValue), epoch \(record.epoch.rawValue == 0 ? "0" : "+\(record.epoch.rawValue - scenario.start)")"]
    if record.shared.circuitState != record.state { parts.append("shown as \(record.shared.circuitState.rawValue)") }
    if record.state == .open || record.nextAttempt > .zero { parts.append("next attempt \(time(record.nextAttempt))") }
    if record.shared.nextAttempt != record.nextAttempt { parts.append("shown as \(time(record.shared.nextAttempt))") }
    let failures = record.window.buckets.reduce(0) { $0 + $1.tally.failures }
    if failures > 0 { parts.append("\(failures) failures") }
    if record.successCount > 0 { parts.append("\(record.successCount) probes succeeded") }
    if record.lostProbes > 0 { parts.append("\(record.lostProbes) probes lost") }
    if record.unusedProbes > 0 { parts.append("\(record.unusedProbes) probes unused") }
    for (index, slot) in record.slots.sorted(by: { $0.key < $1.key }) {
        parts.append("slot \(index): \(name(slot.holder)) until \(time(slot.leaseEnd))")
    }
    if let order = record.order { parts.append("order \(order.kind.rawValue)") }
    return parts.joined(separator: ", ")
}

private func name(_ token: WriterToken) -> String { "\(token.environment.rawValue)#\(token.nonce)" }

private func describe(_ step: Step, _ before: World, _ after: World) -> String {
    func who(_ e: Int) -> String { before.environments[e].machine.environment.rawValue }
    // What the call's shell does now.
    func then(_ e: Int, _ c: Int) -> String {
        guard after.environments[e].calls.count > c else { return "the call is over" }
        let call = after.environments[e].calls[c]
        guard before.environments[e].calls.count <= after.environments[e].calls.count else { return "the call is over" }
        switch call.stage {
        case .ready: return "the call goes on"
        case .joined: return "waits for another call's answer"
        case .sent(let request): return "asks the store: \(describe(request.action))"
        case .answered(_, let reply): return describe(reply)
        case .running(let ticket): return describe(ticket)
        }
    }
    func sent(_ e: Int, _ c: Int) -> String {
        switch before.environments[e].calls[c].stage {
        case .sent(let request), .answered(let request, _): describe(request.action)
        default: "its request"
        }
    }
    switch step {
    case .tick(let time): return time == 1 ? "a millisecond passes" : "\(time) ms pass"
    case .heal: return "from now on nothing breaks and calls succeed"
    case .begin(let e):
        let isOver = after.environments[e].calls.count == before.environments[e].calls.count
        return "\(who(e)): a call arrives; \(isOver ? "it is rejected" : then(e, after.environments[e].calls.count - 1))"
    case .proceed(let e, let c): return "\(who(e)): call \(c) goes on; \(then(e, c))"
    case .apply(let e, let c): return "store: takes \(who(e))'s \(sent(e, c)); \(then(e, c))"
    case .answerStale(let e, let c): return "store: answers \(who(e))'s \(sent(e, c)) with an older version; \(then(e, c))"
    case .applyAgain(let e, let c): return "store: \(who(e))'s \(sent(e, c)) arrives a second time; \(then(e, c))"
    case .copy(let e, let c): return "store: takes \(who(e))'s \(sent(e, c)), a copy of which is still under way; \(then(e, c))"
    case .deliver(let e, let c): return "\(who(e)): call \(c) has its answer; \(then(e, c))"
    case .deliverLate(let e, let c): return "\(who(e)): call \(c) has its answer when its time for the store is used up; \(then(e, c))"
    case .stopWaiting(let e, let c): return "\(who(e)): call \(c) has waited for too long; \(then(e, c))"
    case .giveUp(let e, let c): return "\(who(e)): no answer to \(sent(e, c)); \(then(e, c))"
    case .refuse(let e, let c): return "\(who(e)): the store does not take \(sent(e, c)); \(then(e, c))"
    case .throttle(let e, let c): return "\(who(e)): the store throttles \(sent(e, c)); \(then(e, c))"
    case .stray(let index):
        let stray = before.strays[index]
        return "store: a late \(describe(stray.action)) of environment \(stray.environment) arrives"
    case .finish(let e, let c, let outcome): return "\(who(e)): call \(c) ends, \(describe(outcome)); \(then(e, c))"
    case .cancel(let e, let c): return "\(who(e)): the caller of call \(c) gives up"
    case .crash(let e): return "\(who(e)): crashes; \(after.environments[e].machine.environment.rawValue) takes its place"
    case .setBack(let e): return "\(who(e)): its clock is set back by \(World.clockStep) ms"
    case .update(let e): return "\(who(e)): takes the later rules"
    case .flush(let e): return "\(who(e)): reports what is unreported"
    case .order(let e, let kind): return "\(who(e)): an operator orders \(kind.rawValue)"
    case .lift(let e): return "\(who(e)): an operator lifts the order"
    case .reset(let e): return "\(who(e)): an operator resets the circuit"
    case .delete: return "the record expires"
    case .foreignCheck: return "foreign writer: a call arrives; \(describe(after.foreign[0]))"
    case .foreignFinish(_, let succeeds): return "foreign writer: its call \(succeeds ? "succeeds" : "fails"); \(describe(after.foreign[0]))"
    case .foreignSave: return "foreign writer: its save arrives; \(describe(after.foreign[0]))"
    }
}

private func describe(_ writer: ForeignWriter) -> String {
    switch writer.stage {
    case .idle: "it is idle"
    case .saving: "it is about to save \(writer.copy.circuitState.rawValue)"
    case .running: "its call runs"
    }
}

private func describe(_ action: StoreAction) -> String {
    switch action {
    case .read(let consistent): return consistent ? "consistent read" : "read"
    case .report(let report): return "report of \(report.buckets.reduce(0) { $0 + $1.tally.failures }) failures in epoch \(report.epoch.rawValue)"
    case .change(let change):
        switch change.target {
        case .transition(let transition): return "change to \(transition.state.rawValue) (\(transition.reason)) by \(name(transition.writer))"
        case .takeSlot(let slot, let reclaimed): return "\(reclaimed ? "reclaim" : "taking") of a slot by \(name(slot.holder))"
        case .releaseSlot: return "release of a slot"
        case .countSuccess: return "count of a probe's success"
        case .order(let order, _): return order.map { "order \($0.kind.rawValue)" } ?? "end of an order"
        }
    }
}

private func describe(_ reply: StoreReply) -> String {
    switch reply {
    case .record: "the record is on its way"
    case .reported(.accepted): "accepted"
    case .reported(.refused): "refused"
    case .changed(.won): "won"
    case .changed(.lost): "lost"
    case .failed: "failed"
    }
}

private func describe(_ ticket: Ticket) -> String {
    switch ticket.kind {
    case .counted: "it is admitted"
    case .uncounted: "it is admitted and will not be counted"
    case .probe(let slot, _): ticket.isOwn ? "it is a probe of its own circuit" : "it is a probe in slot \(slot)"
    }
}

private func describe(_ outcome: Outcome) -> String {
    switch outcome {
    case .success(let isSlow): isSlow ? "slowly" : "well"
    case .failure: "with a failure"
    case .unused: "unused"
    }
}
