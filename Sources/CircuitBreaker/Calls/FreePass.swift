//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Synchronization

// The engine's decision for the next while, readable without its lock: that every call is admitted, or that every call is rejected.
//
// One word: when the decision ends in the upper 40 bits (milliseconds since the breaker was created), then a bit that says which of the two it is,
// and a generation in the lower 23 that stands for the epoch.
@usableFromInline
final class FreePass: Sendable {
    private struct Refusal {
        var rejection: Rejection
        var comeBackAt: Timestamp
    }

    private let word = Atomic<UInt64>(0)
    private let admitted = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let refusal = Mutex<Refusal?>(nil)
    private let base: Int64
    private let longest: UInt64
    private let clock: any CircuitClock
    private let isWallClock: Bool

    @usableFromInline
    static let refuses: UInt64 = 1 << 23

    init(clock: any CircuitClock, maxViewAge: Int64) {
        self.clock = clock
        isWallClock = clock is WallClock
        base = clock.now.milliseconds - 1
        // The coarse clock lags behind the precise one by up to a tick.
        longest = UInt64(clamping: maxViewAge.addingReportingOverflow(20).partialValue)
    }

    // Calls that succeeded, and calls that were rejected, without the engine.
    var successes: Int { admitted.load(ordering: .relaxed) }
    var rejections: Int { refused.load(ordering: .relaxed) }

    static func generation(of word: UInt64) -> UInt64 { word & (refuses - 1) }

    // The decision in force, or 0. A clock that was set back voids it.
    @usableFromInline
    func current() -> UInt64 {
        let word = word.load(ordering: .acquiring)
        guard word != 0 else { return 0 }
        let now = isWallClock ? WallClock.coarseNow() : clock.now.milliseconds
        let remaining = Int64(word >> 24) &- (now &- base)
        return remaining > 0 && UInt64(remaining) <= longest ? word : 0
    }

    @usableFromInline
    func countSuccess() {
        admitted.wrappingAdd(1, ordering: .relaxed)
    }

    // The rejection of a decision that refuses; nil if it was replaced meanwhile.
    @usableFromInline
    func reject() -> Rejection? {
        guard let refusal = refusal.withLock({ $0 }) else { return nil }
        refused.wrappingAdd(1, ordering: .relaxed)
        var rejection = refusal.rejection
        let now = isWallClock ? Timestamp(milliseconds: WallClock.coarseNow()) : clock.now
        rejection.retryAfterMilliseconds = max(1, refusal.comeBackAt.since(now))
        return rejection
    }

    // MARK: set under the engine's lock

    func admit(until end: Timestamp, generation: UInt64) {
        set(end, generation & (Self.refuses - 1))
    }

    func refuse(until end: Timestamp, with rejection: Rejection, at now: Timestamp) {
        let comeBackAt = now.adding(rejection.retryAfterMilliseconds)
        refusal.withLock { $0 = Refusal(rejection: rejection, comeBackAt: comeBackAt) }
        set(end, Self.refuses)
    }

    func revoke() {
        let old = word.exchange(0, ordering: .acquiringAndReleasing)
        if old & Self.refuses != 0 { refusal.withLock { $0 = nil } }
    }

    private func set(_ end: Timestamp, _ rest: UInt64) {
        let time = end.milliseconds &- base
        guard time > 0, time < 1 << 40 else { return revoke() }
        word.store(UInt64(time) << 24 | rest, ordering: .releasing)
    }
}
