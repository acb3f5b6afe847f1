//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// The session's pass, readable without its lock.
//
// One word: when the decision ends in the upper 40 bits (milliseconds since the breaker was created), a bit that says whether calls are rejected, a bit that
// says whether each call is watched (its duration is needed, or there is a listener), one that says whether each needs a guard (a time limit, or a span), and a
// generation in the lower 21 that stands for the epoch.
// What calls write stands in stripes, so that threads seldom share a line of memory.
@usableFromInline
final class PublishedPass: Sendable {
    private let word = Atomic<UInt64>(0)
    private let stripes = PassStripes()
    private let base: Int64
    private let longestAdmission: Atomic<Int64>
    private let longestRefusal: Atomic<Int64>
    private let clock: any CircuitClock
    private let isWallClock: Bool

    @usableFromInline static let refuses: UInt64 = 1 << 23
    @usableFromInline static let watches: UInt64 = 1 << 22
    @usableFromInline static let guards: UInt64 = 1 << 21

    @inlinable static func admits(_ word: UInt64) -> Bool { word != 0 && word & refuses == 0 }
    @inlinable static func admitsUnguarded(_ word: UInt64) -> Bool { word != 0 && word & (refuses | guards) == 0 }
    @inlinable static func isWatched(_ word: UInt64) -> Bool { word & watches != 0 }
    // Rejects, and no listener needs each rejection.
    @inlinable static func rejectsQuietly(_ word: UInt64) -> Bool { word & (refuses | watches) == refuses }

    private static let generations: UInt64 = guards - 1

    init(clock: any CircuitClock, rules: CircuitRules) {
        self.clock = clock
        isWallClock = clock is WallClock
        base = clock.now.milliseconds - 1
        longestAdmission = Atomic(Pass.longest(rules, admits: true))
        longestRefusal = Atomic(Pass.longest(rules, admits: false))
    }

    // Calls that were rejected without the session.
    var rejections: Int { stripes.rejections }

    // Calls that succeeded without the session and were not collected yet.
    var successes: Int { stripes.successes }

    static func generation(of word: UInt64) -> UInt64 { word & generations }

    private var now: Timestamp { isWallClock ? Timestamp(milliseconds: WallClock.coarseNow()) : clock.now }

    // The decision in force, or 0.
    @usableFromInline
    func current() -> UInt64 {
        let word = word.load(ordering: .acquiring)
        guard word != 0 else { return 0 }
        let longest = word & Self.refuses == 0 ? longestAdmission.load(ordering: .relaxed) : longestRefusal.load(ordering: .relaxed)
        return Pass.holds(for: Int64(word >> 24) &- (now.milliseconds &- base), longest: longest) ? word : 0
    }

    // False: the pass was of an epoch that is over.
    @usableFromInline
    func countSuccess(_ word: UInt64) -> Bool {
        stripes.here.pointee.countSuccess(of: word & Self.generations)
    }

    // The rejection of a decision that refuses; nil if it was replaced meanwhile.
    @usableFromInline
    func reject() -> Rejection? {
        stripes.here.pointee.refuse(at: now) { $0.rejection }
    }

    // The same as an error.
    @usableFromInline
    func rejectionToThrow() -> (any Error)? {
        stripes.here.pointee.refuse(at: now) { $0.thrown() }
    }

    // MARK: under the session's lock

    // Takes the successes counted so far; those counted from now on belong to a generation.
    func collect(nextGeneration generation: UInt64) -> Int {
        stripes.collect(nextGeneration: generation)
    }

    func follow(_ rules: CircuitRules) {
        longestAdmission.store(Pass.longest(rules, admits: true), ordering: .relaxed)
        longestRefusal.store(Pass.longest(rules, admits: false), ordering: .relaxed)
    }

    func publish(_ pass: Pass?, generation: UInt64, isWatched: Bool, isGuarded: Bool) {
        let flags = (isWatched ? Self.watches : 0) | (isGuarded ? Self.guards : 0)
        let next = nextWord(pass, flags: flags | generation)
        if next & Self.refuses != 0, case .reject(let rejection, let comeBackAt)? = pass?.decision {
            stripes.refuse(rejection, comeBackAt: comeBackAt)
        }
        let old = word.exchange(next, ordering: .acquiringAndReleasing)
        if old & Self.refuses != 0, next & Self.refuses == 0 { stripes.refuseNoMore() }
    }

    private func nextWord(_ pass: Pass?, flags: UInt64) -> UInt64 {
        guard let pass else { return 0 }
        let time = pass.end.milliseconds &- base
        guard time > 0, time < 1 << 40 else { return 0 }
        let rejects = if case .reject = pass.decision { Self.refuses } else { UInt64(0) }
        return UInt64(time) << 24 | rejects | flags
    }
}
