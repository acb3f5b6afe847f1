//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Something that happened inside the engine which its owner may want to tell.
package enum Notice: Hashable, Sendable {
    // The state in view changed; whether this environment made the change.
    case stateChanged(from: CircuitState, to: CircuitState, reason: ChangeReason?, epoch: Epoch, isOwn: Bool)
    // An order was given, lifted, or has ended (nil: none is in force now); whether it is for this environment to announce that for the fleet.
    case orderChanged(to: CircuitOrder?, hasEnded: Bool, isOwn: Bool)
    // An outcome came too late for its epoch and was dropped.
    case staleOutcome
    // Outcomes were dropped since nobody knows whether the store has them.
    case uncertainReport(calls: Int)
    // A probe's outcome did not reach the store; its slot is free when the lease ends.
    case outcomeLost
    case storeLost
    // The environment's own circuit changed its state: for this environment alone.
    case ownStateChanged(from: CircuitState, to: CircuitState, reason: ChangeReason?)
    case storeBack
    // The circuit would have rejected this call, but an order says to observe only.
    case wouldReject(Rejection)
}
