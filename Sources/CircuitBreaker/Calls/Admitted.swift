//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A call that was admitted and has not ended.
@usableFromInline
struct Admitted: Sendable {
    // The pass that admitted it, or 0.
    @usableFromInline var word: UInt64
    // When it began, by the stopwatch; 0: its duration is not needed.
    @usableFromInline var start: Int64
    // Milliseconds that it may take; nil: no limit.
    @usableFromInline var limit: Int64?
    // Milliseconds between that and its deadline.
    @usableFromInline var margin: Int64?
    // Its deadline leaves it less time than the minimum budget: to time out says nothing about the dependency.
    @usableFromInline var isBrief = false
    // What the session needs to know of a call that it admitted itself.
    @usableFromInline var call: SessionCall?

    @usableFromInline var isProbe: Bool { call?.call.ticket?.isProbe ?? false }

    @usableFromInline
    init(word: UInt64, start: Int64 = 0, limit: Int64? = nil, call: SessionCall? = nil) {
        self.word = word
        self.start = start
        self.limit = limit
        self.call = call
    }
}

// Boxed, so that the calls of a pass need not carry it.
@usableFromInline
final class SessionCall: Sendable {
    let call: Session.Call

    init(_ call: Session.Call) {
        self.call = call
    }
}
