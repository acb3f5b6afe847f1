//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The right to make one call, as the engine knows it.
package struct Ticket: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        // A call of a CLOSED circuit.
        case counted
        // A call of a HALF-OPEN circuit.
        case probe(slot: Int, contents: ProbeSlot)
        // A call that changes nothing: an order lets it pass.
        case uncounted
    }

    package var kind: Kind
    // The epoch of the shared record that was in view.
    package var epoch: Epoch
    // The epoch of the environment's own record.
    package var ownEpoch: Epoch
    // Whether a probe is one of the environment's own record: no store knows of it.
    package var isOwn: Bool
    package var admittedAt: Timestamp

    // When a probe must have ended.
    package var leaseEnd: Timestamp? {
        if case .probe(_, let contents) = kind { contents.leaseEnd } else { nil }
    }

    package var isProbe: Bool { leaseEnd != nil }
}

// How a call ended.
package enum Outcome: Hashable, Sendable {
    case success(isSlow: Bool)
    // With the milliseconds that the dependency asked to be left alone, if it did.
    case failure(retryAfter: Int64?)
    // It was not made, or says nothing about the dependency.
    case unused

    // Slow probes do not close a circuit whose policy minds slow calls.
    package var isBadForProbe: Bool {
        switch self {
        case .failure, .success(isSlow: true): true
        case .success(isSlow: false), .unused: false
        }
    }
}

// Where one call stands with the engine while it waits for the store: created with the call, kept until it is settled.
package struct CallProgress: Hashable, Sendable {
    package struct TakenSlot: Hashable, Sendable {
        var index: Int
        var contents: ProbeSlot
        var epoch: Epoch
    }

    package enum Settling: Hashable, Sendable {
        case nothing
        // The outcome is in the tally: settled when all up to this number were acknowledged.
        case tally(upTo: Int)
        indirect case probe(Ticket, Outcome, wasRefused: Bool)
        // The own write is done; a change of state that it made due may follow.
        case followUp

        mutating func written() {
            switch self {
            case .probe, .followUp: self = .followUp
            case .nothing, .tally: break
            }
        }

        mutating func refused() {
            if case .probe(let ticket, let outcome, _) = self { self = .probe(ticket, outcome, wasRefused: true) }
        }
    }

    // The number of the first request that was sent after the call began.
    var firstRequest: UInt64?
    var reads = 0
    var changes = 0
    var reports = 0
    var needsConsistentRead = false
    var takenSlot: TakenSlot?
    var settling = Settling.nothing

    package init() {}

    // A slot was taken for this call and waits to be used.
    package var holdsSlot: Bool { takenSlot != nil }

    // Whether a view was asked for after the call began.
    func asked(for view: CircuitStateMachine.View) -> Bool {
        firstRequest.map { view.number >= $0 } ?? false
    }
}
