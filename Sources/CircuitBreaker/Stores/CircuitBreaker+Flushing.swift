//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker {
    /// Reports to the store the failures and slow calls that it has not acknowledged, before the process ends.
    ///
    /// Each failure is reported by the call that failed. Something is left only if the store did not answer then, or if the call had no time to wait for it.
    /// The store is asked once more, for as long as `storeTimeout` says, even if it failed a moment ago.
    /// - Returns: how many failures and slow calls are still unreported. What the store may have taken without an answer is not among them, but
    ///   in ``Counts/uncertainOutcomes``: reported again it could count twice.
    @discardableResult
    public func flush() async -> Int {
        var call = Session.Call()
        let first = turn { state, now in state.count(state.session.report(&call, at: now)) }
        _ = await drive(&call, from: first)
        return unreported
    }

    // How many failures and slow calls the store has not acknowledged.
    package var unreported: Int { state.withLock { $0.session.unreportedTrouble } }
}
