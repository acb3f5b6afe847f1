//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The machines, their calls, and the world around them.
extension Canonical {
    mutating func visit(_ ticket: inout Ticket) {
        visit(&ticket.epoch)
        visit(&ticket.ownEpoch)
        if case .probe(let index, var contents) = ticket.kind {
            visit(&contents)
            ticket.kind = .probe(slot: index, contents: contents)
        }
        if !isCollecting { ticket.admittedAt = .zero }
    }

    mutating func visit(_ request: inout StoreRequest, _ numbers: [UInt64]) {
        visit(&request.action)
        visit(&request.sentAt)
        if !isCollecting { request.number = UInt64(numbers.firstIndex(of: request.number) ?? 0) + 1 }
    }

    mutating func visit(_ progress: inout CallProgress, settled: Int) {
        if var contents = progress.takenSlot?.contents {
            visit(&contents)
            progress.takenSlot?.contents = contents
            if var epoch = progress.takenSlot?.epoch {
                visit(&epoch)
                progress.takenSlot?.epoch = epoch
            }
        }
        switch progress.settling {
        case .tally(let number): if !isCollecting { progress.settling = .tally(upTo: max(0, number - settled)) }
        case .probe(var ticket, let outcome, let wasRefused):
            visit(&ticket)
            progress.settling = .probe(ticket, outcome, wasRefused: wasRefused)
        case .nothing, .followUp: break
        }
    }

    mutating func visit(_ call: inout Session.Call, settled: Int, _ numbers: [UInt64]) {
        visit(&call.progress, settled: settled)
        if var ticket = call.ticket {
            visit(&ticket)
            call.ticket = ticket
        }
        if var request = call.request {
            visit(&request, numbers)
            call.request = request
        }
        if let first = call.progress.firstRequest, !isCollecting {
            // All that matters is which views and requests came after it.
            call.progress.firstRequest = UInt64(numbers.count { $0 < first })
        }
        guard case .command(let command, let attempts) = call.phase else { return }
        call.phase = .command(visited(command), attempts: attempts)
    }

    private mutating func visited(_ command: Command) -> Command {
        switch command {
        case .refresh: return command
        case .order(let order):
            var visited: CircuitOrder? = order
            visitOrder(&visited)
            return .order(visited ?? order)
        case .lift: return command
        case .replace(var fence, var order, let by, let why):
            visit(&fence)
            visitOrder(&order)
            return .replace(fence, with: order, by: by, why: why)
        case .reset(let by, let why, var before):
            visit(&before)
            return .reset(by: by, why: why, before: before)
        }
    }

    mutating func visit(_ call: inout Call, settled: Int, _ numbers: [UInt64]) {
        visit(&call.session, settled: settled, numbers)
        visit(&call.endedAt)
        if !isCollecting { call.begunAt = call.begunAt.map { max($0 - now, -horizon) } }
        if case .command(let command) = call.purpose { call.purpose = .command(visited(command)) }
        if var settles = call.settles {
            visit(&settles.ticket)
            call.settles = settles
        }
        switch call.stage {
        case .sent(var request):
            visit(&request, numbers)
            call.stage = .sent(request)
        case .answered(var request, var reply):
            visit(&request, numbers)
            visit(&reply)
            call.stage = .answered(request, reply)
        case .running(var ticket):
            visit(&ticket)
            call.stage = .running(ticket)
        case .ready, .joined: break
        }
    }

    mutating func visit(_ machine: inout CircuitStateMachine, _ numbers: [UInt64]) {
        visit(&machine.view.record)
        visit(&machine.own)
        visit(&machine.unreported.epoch)
        if isCollecting { recognisable.formUnion(machine.unresolved) }
        for index in machine.unresolved.indices { visit(&machine.unresolved[index]) }
        if var token = machine.changing {
            if isCollecting { recognisable.insert(token) }
            visit(&token)
            machine.changing = token
        }
        guard !isCollecting else { return }
        machine.view.record.writer = nil
        machine.own.writer = nil
        if let fetchedAt = machine.view.fetchedAt {
            let age = now - fetchedAt.milliseconds
            machine.view.fetchedAt = Timestamp(milliseconds: -min(age, scenario.oldestView + scenario.spread + 1))
        }
        machine.view.number = UInt64(numbers.firstIndex(of: machine.view.number) ?? 0) + 1
        machine.view.lastRequest = UInt64(numbers.firstIndex(of: machine.view.lastRequest) ?? 0) + 1
        for kind in [StoreHealth.Kind.reads, .writes] {
            visit(&machine.store[kind].leftAloneUntil)
            visit(&machine.store[kind].leftAloneSince)
        }
        machine.store.heardAt = UInt64(numbers.count { $0 <= machine.store.heardAt })
        visit(&machine.unresolvedAnnouncement)
        machine.reading = machine.reading.map { UInt64(numbers.firstIndex(of: $0) ?? 0) }
        // It changes nothing where the store's whole time is as short as can be.
        machine.roundTrip = nil
        machine.alone.shared.lastFailureTime = .zero
        visit(&machine.alone.window)
        visit(&machine.uncertainUntil)
        if var report = machine.unreported.underWay {
            visit(&report)
            machine.unreported.underWay = report
        }
        machine.unreported.underWayAs = UInt64(numbers.count { $0 <= machine.unreported.underWayAs })
        visit(&machine.unreported.window)
        visit(&machine.others.reported)
        visit(&machine.others.newest)
        visit(&machine.others.seenAt)
        if hasForeign {
            visit(&machine.unreported.lastFailure)
        } else if machine.unreported.lastFailure != nil {
            machine.unreported.lastFailure = .zero
        }
        visit(&machine.unreported.retryAt)
        machine.unreported.counted -= machine.unreported.settled
        machine.unreported.inFlight = machine.unreported.inFlight.map { $0 - machine.unreported.settled }
        machine.unreported.settled = 0
        visit(&machine.lastSuccessReport)
        visit(&machine.pace.slice)
        if var at = machine.mark?.at {
            visit(&at)
            machine.mark?.at = at
        }
        if !scenario.keepsName { machine.nonce = 0 }
        machine.requests = 0
    }

    mutating func visit(_ environment: inout Environment) {
        var numbers = [environment.machine.view.number, environment.machine.view.lastRequest]
        for call in environment.calls {
            switch call.stage {
            case .sent(let request), .answered(let request, _): numbers.append(request.number)
            default: break
            }
        }
        numbers.sort()
        let settled = environment.machine.unreported.settled
        for index in environment.calls.indices { visit(&environment.calls[index], settled: settled, numbers) }
        visit(&environment.session.machine, numbers)
        if var pass = environment.session.pass {
            visit(&pass.end)
            visit(&pass.epoch)
            if case .reject(let rejection, var comeBackAt) = pass.decision {
                visit(&comeBackAt)
                pass.decision = .reject(rejection, comeBackAt: comeBackAt)
            }
            environment.session.pass = pass
        }
        if var refused = environment.ghost.refusedBy {
            visit(&refused)
            environment.ghost.refusedBy = refused
        }
        if !environment.ghost.abandoned.isEmpty {
            environment.ghost.abandoned = Set(
                environment.ghost.abandoned.filter { now + environment.skew < $0.leaseEnd.milliseconds }.map { slot in
                    var slot = slot
                    visit(&slot)
                    return slot
                }
            )
        }
        guard !isCollecting else { return }
        let oldest = now + environment.skew - scenario.rules.window - scenario.rules.bucketWidth
        environment.ghost.seen = environment.ghost.seen.filter { $0.milliseconds >= oldest }
        for index in environment.ghost.seen.indices { visit(&environment.ghost.seen[index]) }
        environment.ghost.seenAlone = environment.ghost.seenAlone.filter { $0.milliseconds >= oldest }
        for index in environment.ghost.seenAlone.indices { visit(&environment.ghost.seenAlone[index]) }
        let common = min(environment.ghost.settled, environment.ghost.arrived)
        environment.ghost.settled -= common
        environment.ghost.arrived -= common
    }

    mutating func visit(_ world: inout World) {
        visit(&world.ghost.highestEpoch)
        visit(&world.ghost.epoch)
        visit(&world.ghost.orderEpoch)
        for index in world.environments.indices { visit(&world.environments[index]) }
        for index in world.strays.indices { visit(&world.strays[index].action) }
        visit(&world.record)
        if var earlier = world.earlier {
            if now - earlier.replacedAt > scenario.staleness || world.budget.staleReads == 0 {
                world.earlier = nil
            } else {
                visit(&earlier.record)
                if !isCollecting { earlier.replacedAt -= now }
                world.earlier = earlier
            }
        }
        for index in world.foreign.indices {
            guard !isCollecting else { break }
            visit(&world.foreign[index].copy.lastFailureTime)
            visit(&world.foreign[index].copy.nextAttempt)
            visit(&world.foreign[index].copy.stateTimestamp)
        }
        guard !isCollecting else { return }
        let oldest = scenario.oldestView + scenario.staleness + 1
        world.ghost.notClosedSince = world.ghost.notClosedSince.map { max($0 - now, -oldest) }
        world.ghost.forcedOpenSince = world.ghost.forcedOpenSince.map { max($0 - now, -oldest) }
        visit(&world.ghost.foreignFailedAt)
        world.ghost.foreignSince = world.ghost.foreignSince.map { max($0 - now, -oldest) }
        world.ghost.acknowledged = Dictionary(
            uniqueKeysWithValues: world.ghost.acknowledged.map { key, value in
                var key = key
                visit(&key)
                return (key, value)
            }
        )
    }
}
