//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LocalFleet
import Testing

@Suite struct EnvironmentPoolTests {
    private let start = Timestamp(milliseconds: 1_000_000)

    private func at(_ seconds: Double) -> Timestamp {
        start.advanced(by: .milliseconds(Int64(seconds * 1000)))
    }

    @Test func newOnesStartOnlyWhenAllAreBusy() {
        var pool = EnvironmentPool(capacity: 10, idleLimit: .seconds(300))
        #expect(pool.invoke(at: at(0)).placement == .start(1))
        #expect(pool.invoke(at: at(0)).placement == .start(2))
        pool.release(1, at: at(1))
        #expect(pool.invoke(at: at(2)).placement == .reuse(1))
        #expect(pool.invoke(at: at(2)).placement == .start(3))
        #expect(pool.busy == [1, 2, 3])
        #expect(pool.mostAtOnce == 3)
    }

    @Test func mostRecentlyUsedComesFirst() {
        var pool = EnvironmentPool(capacity: 10, idleLimit: .seconds(300))
        for _ in 0..<3 { _ = pool.invoke(at: at(0)) }
        for number in [2, 3, 1] { pool.release(number, at: at(1)) }
        #expect([at(2), at(2), at(2)].map { pool.invoke(at: $0).placement } == [.reuse(1), .reuse(3), .reuse(2)])
    }

    @Test func fullPoolThrottlesUntilOneIsReleased() {
        var pool = EnvironmentPool(capacity: 2, idleLimit: .seconds(300))
        #expect([0, 0, 0].map { pool.invoke(at: at($0)).placement } == [.start(1), .start(2), .throttle])
        #expect(pool.throttled == 1)
        pool.release(2, at: at(1))
        #expect(pool.invoke(at: at(1)).placement == .reuse(2))
    }

    @Test func idleOnesAreRecycledAndTheirNumbersNeverReturn() {
        var pool = EnvironmentPool(capacity: 3, idleLimit: .seconds(10))
        for _ in 0..<3 { _ = pool.invoke(at: at(0)) }
        pool.release(1, at: at(1))
        pool.release(2, at: at(5))
        #expect(pool.recycle(at: at(10.999)) == [])
        #expect(pool.recycle(at: at(11)) == [1])
        let action = pool.invoke(at: at(15))
        #expect(action.recycled == [2])
        #expect(action.placement == .start(4))
        #expect(pool.recycled == 2)
        #expect(pool.busy == [3, 4])
    }

    @Test func busyOnesAreNotRecycled() {
        var pool = EnvironmentPool(capacity: 3, idleLimit: .seconds(10))
        _ = pool.invoke(at: at(0))
        #expect(pool.recycle(at: at(1_000_000)) == [])
        pool.release(1, at: at(1_000_000))
        #expect(pool.invoke(at: at(1_000_001)).placement == .reuse(1))
    }

    @Test func releasingTwiceOrUnknownDoesNothing() {
        var pool = EnvironmentPool(capacity: 3, idleLimit: .seconds(10))
        _ = pool.invoke(at: at(0))
        pool.release(1, at: at(1))
        let once = pool
        pool.release(1, at: at(2))
        pool.release(7, at: at(2))
        #expect(pool == once)
    }

    @Test func clockThatIsSetBackRecyclesNobodyEarly() {
        var pool = EnvironmentPool(capacity: 3, idleLimit: .seconds(10))
        _ = pool.invoke(at: at(100))
        _ = pool.invoke(at: at(100))
        pool.release(1, at: at(100))
        pool.release(2, at: at(50))
        #expect(pool.recycle(at: at(55)) == [])
        #expect(pool.recycle(at: at(110)) == [1, 2])
    }
}
