//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// The place that a probe occupies in the record while its call runs.
public struct ProbeSlot: Hashable, Sendable {
    /// The attempt that took the slot.
    public var holder: WriterToken
    /// When the holder's lease ends, by its own clock.
    ///
    /// Others wait for the greatest clock skew more.
    public var leaseEnd: Timestamp

    /// Creates a slot's contents.
    public init(holder: WriterToken, leaseEnd: Timestamp) {
        self.holder = holder
        self.leaseEnd = leaseEnd
    }
}
