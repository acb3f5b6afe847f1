//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// The engine's decision for a healthy circuit, readable without a lock: until when every call is admitted.
//
// One word: the time in the upper 40 bits (milliseconds since the breaker was created), and a generation in the lower 24 that stands for the epoch.
@usableFromInline
final class FreePass: Sendable {
    private let word = Atomic<UInt64>(0)
    private let counter = Atomic<Int>(0)
    private let base: Int64
    private let longest: UInt64
    private let clock: (any CircuitClock)?

    static let generations: UInt64 = 1 << 24

    init(clock: any CircuitClock, maxViewAge: Int64) {
        self.clock = clock is WallClock ? nil : clock
        base = clock.now.milliseconds - 1
        // The coarse clock lags behind the precise one by up to a tick.
        longest = UInt64(clamping: maxViewAge.addingReportingOverflow(20).partialValue)
    }

    var successes: Int { counter.load(ordering: .relaxed) }

    // The pass in force, or 0. A clock that was set back voids it.
    @usableFromInline
    func current() -> UInt64 {
        let word = word.load(ordering: .acquiring)
        guard word != 0 else { return 0 }
        let now = clock?.now.milliseconds ?? WallClock.coarseNow()
        let remaining = Int64(word >> 24) &- (now &- base)
        return remaining > 0 && UInt64(remaining) <= longest ? word : 0
    }

    @usableFromInline
    func countSuccess() {
        counter.wrappingAdd(1, ordering: .relaxed)
    }

    func grant(until end: Timestamp, generation: UInt64) {
        let time = end.milliseconds &- base
        guard time > 0, time < 1 << 40 else { return revoke() }
        word.store(UInt64(time) << 24 | generation % Self.generations, ordering: .releasing)
    }

    func revoke() {
        word.store(0, ordering: .releasing)
    }
}
