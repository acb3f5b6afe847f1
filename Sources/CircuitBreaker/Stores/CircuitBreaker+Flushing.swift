//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker {
    /// Reports to the store what calls have counted and it has not acknowledged: a process that ends does it last.
    ///
    /// Each failure is reported by the call that failed; something is left only if the store did not answer then, or the call had no time to wait for it.
    /// - Returns: how many failures and slow calls are still unreported, since the store did not take them.
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
