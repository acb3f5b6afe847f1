//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker {
    /// Opens the connection to the store and fetches the first view, so that the first call need not: a Lambda does it in its init phase.
    /// - Throws: ``StoreError`` that names what is missing and how to fix it; calls go on anyway, as `onStoreLoss` says.
    public func prepare() async throws(StoreError) {
        try await store.prepare()
        try await refresh()
    }

    /// Reads the record now, whatever the age of the view.
    /// - Throws: ``StoreError`` when the store did not answer.
    public func refresh() async throws(StoreError) {
        try await carryOut(.refresh)
    }
}
