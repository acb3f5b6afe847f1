//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The three verbs of a store, as the engine asks for them. Indirect, as the replies are: they are handed on more often than they are made.
package indirect enum StoreAction: Hashable, Sendable {
    case read(consistent: Bool)
    case report(CircuitReport)
    case change(CircuitChange)
}

package indirect enum StoreReply: Hashable, Sendable {
    case record(CircuitRecord?)
    case reported(ReportResult)
    case changed(ChangeResult)
    case failed(StoreFailure)
}

package struct StoreFailure: Hashable, Sendable {
    package var isThrottling: Bool
    package var mayHaveBeenApplied: Bool
    // The store answered, and would answer the same again: nothing was lost on the way.
    package var isFinal: Bool

    package init(isThrottling: Bool = false, mayHaveBeenApplied: Bool = true, isFinal: Bool = false) {
        self.isThrottling = isThrottling
        self.mayHaveBeenApplied = mayHaveBeenApplied
        self.isFinal = isFinal
    }
}

// An action that was handed out, to be given back with its reply.
package struct StoreRequest: Hashable, Sendable {
    package var action: StoreAction
    package var sentAt: Timestamp
    // The order in which an environment asked, whatever its clock did meanwhile.
    package var number: UInt64
}
