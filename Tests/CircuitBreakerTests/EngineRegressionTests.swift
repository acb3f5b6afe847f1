//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing

// What the exhaustive checker found, each as the shortest story that showed it.
@Suite("Engine regressions")
struct EngineRegressionTests {
    static let start = Timestamp(milliseconds: 1_000_000)

    static func machine(probes: Int = 1) throws -> CircuitStateMachine {
        let rules = try CircuitRules(
            policy: .failures(1, within: .seconds(60)),
            recovery: RecoveryPolicy(openTime: .seconds(10), probes: probes, successesToClose: 2),
            sharing: SharingPolicy(maxHealthyViewAge: .seconds(1), lookBeside: .zero)
        )
        return CircuitStateMachine(environment: EnvironmentID(rawValue: "a"), rules: rules, seed: 1)
    }

    // OPEN until the start.
    static var open: CircuitRecord {
        var record = CircuitRecord()
        record.epoch = Epoch(rawValue: start.milliseconds - 10_000)
        record.state = .open
        record.nextAttempt = start
        record.shared = .init(circuitState: .open, nextAttempt: start)
        return record
    }

    static func reply(to request: StoreRequest, from record: inout CircuitRecord) -> StoreReply {
        switch request.action {
        case .read: .record(record)
        case .report(let report): .reported(record.apply(report) ? .accepted(record) : .refused(record))
        case .change(let change): .changed(record.apply(change) ? .won(record) : .lost(record))
        }
    }

    // Asks until the machine decides, the store answering each request at once.
    static func admit(
        _ machine: inout CircuitStateMachine,
        _ record: inout CircuitRecord,
        _ call: inout CallProgress,
        at now: Timestamp = start
    ) -> Admission {
        while true {
            let admission = machine.admit(&call, at: now)
            guard case .perform(let request) = admission else { return admission }
            machine.receive(reply(to: request, from: &record), to: request, &call, at: now)
        }
    }

    // Asks for the next request, which is not answered yet.
    static func request(_ machine: inout CircuitStateMachine, _ call: inout CallProgress, at now: Timestamp = start) throws -> StoreRequest {
        guard case .perform(let request) = machine.admit(&call, at: now) else { throw Unexpected() }
        return request
    }

    static func ticket(_ admission: Admission) throws -> Ticket {
        guard case .permit(let ticket) = admission else { throw Unexpected() }
        return ticket
    }

    static func settle(_ machine: inout CircuitStateMachine, _ record: inout CircuitRecord, _ call: inout CallProgress, at now: Timestamp = start) {
        while case .perform(let request) = machine.settle(&call, at: now) {
            machine.receive(reply(to: request, from: &record), to: request, &call, at: now)
        }
    }

    struct Unexpected: Error {}

    @Test("an own change that another request's answer shows first is reported as own")
    func ownChangeSeenBeforeItsReply() throws {
        var machine = try Self.machine()
        var record = CircuitRecord()
        var (first, second) = (CallProgress(), CallProgress())
        let tickets = [try Self.ticket(Self.admit(&machine, &record, &first)), try Self.ticket(Self.admit(&machine, &record, &second))]
        func next(_ call: inout CallProgress) throws -> StoreRequest {
            guard case .perform(let request) = machine.settle(&call, at: Self.start) else { throw Unexpected() }
            return request
        }
        machine.finish(tickets[0], .failure(retryAfter: nil), &first, at: Self.start)
        let report = try next(&first)
        machine.receive(Self.reply(to: report, from: &record), to: report, &first, at: Self.start)
        let trip = try next(&first)
        machine.finish(tickets[1], .failure(retryAfter: nil), &second, at: Self.start)
        let late = try next(&second)
        let won = Self.reply(to: trip, from: &record)
        _ = machine.takeNotices()
        machine.receive(Self.reply(to: late, from: &record), to: late, &second, at: Self.start)
        machine.receive(won, to: trip, &first, at: Self.start)
        let own = machine.takeNotices().compactMap { notice in
            if case .stateChanged(_, let to, _, _, let isOwn) = notice { (to, isOwn) } else { nil }
        }
        #expect(own.count == 1 && own.first?.0 == .open && own.first?.1 == true, "\(own)")
    }

    @Test("I10: a slot that was won is used though a later request was answered first")
    func slotOfAnOvertakenAnswer() throws {
        var machine = try Self.machine(probes: 2)
        var record = Self.open
        var (first, second) = (CallProgress(), CallProgress())
        let ticket = try Self.ticket(Self.admit(&machine, &record, &first))
        let taking = try Self.request(&machine, &second)
        let won = Self.reply(to: taking, from: &record)
        machine.finish(ticket, .unused, &first, at: Self.start)
        Self.settle(&machine, &record, &first)
        machine.receive(won, to: taking, &second, at: Self.start)
        #expect(try Self.ticket(machine.admit(&second, at: Self.start)).isProbe)
    }

    @Test("I6: a probe does not set out when the circuit opened again while its slot was taken, and the slot is returned")
    func openAgainBeforeTheProbeSetsOut() throws {
        var machine = try Self.machine(probes: 2)
        var record = Self.open
        var (first, second) = (CallProgress(), CallProgress())
        let ticket = try Self.ticket(Self.admit(&machine, &record, &first))
        let taking = try Self.request(&machine, &second)
        let won = Self.reply(to: taking, from: &record)
        machine.finish(ticket, .failure(retryAfter: nil), &first, at: Self.start)
        Self.settle(&machine, &record, &first)
        #expect(record.state == .open)
        machine.receive(won, to: taking, &second, at: Self.start)
        guard case .rejected = Self.admit(&machine, &record, &second) else {
            Issue.record("the call passed")
            return
        }
        #expect(record.slots.isEmpty)
    }

    @Test("I6: a probe does not set out when its environment has seen the order to reject all, and the slot is returned")
    func orderBeforeTheProbeSetsOut() throws {
        var machine = try Self.machine()
        var record = Self.open
        var (call, order) = (CallProgress(), CallProgress())
        let read = try Self.request(&machine, &call)
        machine.receive(Self.reply(to: read, from: &record), to: read, &call, at: Self.start)
        let taking = try Self.request(&machine, &call)
        let won = Self.reply(to: taking, from: &record)
        let ordering = machine.order(CircuitOrder(.forceOpen), for: &order, at: Self.start)
        machine.receive(Self.reply(to: ordering, from: &record), to: ordering, &order, at: Self.start)
        machine.receive(won, to: taking, &call, at: Self.start)
        guard case .rejected = Self.admit(&machine, &record, &call) else {
            Issue.record("the call passed")
            return
        }
        #expect(record.slots.isEmpty)
    }

    @Test("I6: a call whose time for the store is used up goes by what the store has just said")
    func lateAnswer() throws {
        var machine = try Self.machine()
        var record = Self.open
        var call = CallProgress()
        let early = Self.start.adding(-1)
        let read = try Self.request(&machine, &call, at: early)
        machine.receive(Self.reply(to: read, from: &record), to: read, &call, at: early)
        guard case .rejected(let rejection) = machine.admitLate(&call, at: early) else {
            Issue.record("the call passed though the circuit is OPEN")
            return
        }
        #expect(rejection.state == .open)
    }

    @Test("I6: an answer that was overtaken does not move the view back, not even a consistent one")
    func overtakenConsistentRead() throws {
        var machine = try Self.machine()
        var record = CircuitRecord()
        var (call, order) = (CallProgress(), CallProgress())
        _ = Self.admit(&machine, &record, &call)
        let late = Self.start.adding(2000)
        var other = CallProgress()
        let read = try Self.request(&machine, &other, at: late)
        let consistent = machine.readForOrder(at: late)
        let closed = Self.reply(to: consistent, from: &record)
        record = Self.open
        machine.receive(Self.reply(to: read, from: &record), to: read, &other, at: late)
        machine.receive(closed, to: consistent, &order, at: late)
        #expect(machine.view.record.state == .open)
    }
}
