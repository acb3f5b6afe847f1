//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What an operator asks for.
package enum Command: Hashable, Sendable {
    // Reads the record, whatever the age of the view.
    case refresh
    // Gives an order in place of any earlier one.
    case order(CircuitOrder)
    case lift(by: String, why: String)
    // Gives an order, or lifts the one in force with nil, unless another was given or lifted since that fence.
    case replace(Epoch, with: CircuitOrder?, by: String, why: String)
    // Makes the circuit CLOSED, its window empty; the epoch in view when it was asked for.
    case reset(by: String, why: String, before: Epoch)

    func isCarriedOut(in record: CircuitRecord) -> Bool {
        switch self {
        case .refresh: true
        case .order(let order): record.order == order
        case .lift: record.order == nil
        case .replace(let fence, let order, _, _): record.order == order && record.orderEpoch != fence
        case .reset(let by, let why, let before):
            record.state == .closed && record.epoch != before && record.reason == .ordered(by: by, why: why)
        }
    }
}

extension Session {
    // An operator's word counts against all others who write at the same time: it is tried again with the record that refused it.
    package static let attempts = 20

    package mutating func begin(_ command: Command, _ call: inout Call, at now: Timestamp) -> Step {
        enter(at: now)
        defer { leave(at: now) }
        call.phase = .command(command, attempts: 0)
        call.allowance = rules.storeTimeout
        return ask(machine.readForOrder(at: now), for: &call)
    }

    mutating func goOn(with call: inout Call, after reply: StoreReply, at now: Timestamp) -> Step {
        guard case .command(let command, let attempts) = call.phase else { return over(&call, call.ending) }
        if case .failed = reply { return over(&call, .storeFailed) }
        if attempts > 0 || command == .refresh, command.isCarriedOut(in: machine.view.record) { return over(&call, .settled) }
        guard attempts < Self.attempts else { return over(&call, .contested(attempts: attempts)) }
        call.phase = .command(command, attempts: attempts + 1)
        call.allowance = rules.storeTimeout
        switch command {
        case .refresh: return over(&call, .settled)
        case .order(let order): return ask(machine.order(order, for: &call.progress, at: now), for: &call)
        case .replace(let fence, let order, let by, let why):
            guard machine.view.record.orderEpoch == fence else { return over(&call, .contested(attempts: attempts)) }
            if let order { return ask(machine.order(order, for: &call.progress, at: now), for: &call) }
            return ask(machine.lift(by: by, why: why, for: &call.progress, at: now), for: &call)
        case .lift(let by, let why): return ask(machine.lift(by: by, why: why, for: &call.progress, at: now), for: &call)
        case .reset(let by, let why, _): return ask(machine.reset(by: by, why: why, for: &call.progress, at: now), for: &call)
        }
    }
}
