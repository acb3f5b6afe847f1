//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// What the calls of one thread write while they go by the published pass.
struct PassStripe: ~Copyable {
    struct Refusal {
        // As of some millisecond.
        var rejection: Rejection
        // The same as an error, made when one is thrown first: within a millisecond all are alike.
        var error: (any Error)?
        var comeBackAt: Timestamp

        mutating func thrown() -> any Error {
            if let error { return error }
            let error = CircuitBreakerError.rejected(rejection)
            self.error = error
            return error
        }
    }

    // Successes, beside the generation in which they were admitted, so that none counts in another epoch.
    private let admitted = Atomic<UInt64>(0)
    private let refused = Atomic<Int>(0)
    private let refusal = Mutex<Refusal?>(nil)

    private static let countBits: UInt64 = 42
    private static let counts: UInt64 = 1 << countBits - 1

    var successes: Int { Int(admitted.load(ordering: .relaxed) & Self.counts) }
    var rejections: Int { refused.load(ordering: .relaxed) }

    // False: the generation is over.
    func countSuccess(of generation: UInt64) -> Bool {
        var count = admitted.load(ordering: .relaxed)
        while count >> Self.countBits == generation {
            let result = admitted.weakCompareExchange(expected: count, desired: count &+ 1, ordering: .relaxed)
            if result.exchanged { return true }
            count = result.original
        }
        return false
    }

    // Takes the successes counted so far; those counted from now on belong to a generation.
    func collect(nextGeneration generation: UInt64) -> Int {
        let next = generation << Self.countBits
        if admitted.load(ordering: .relaxed) == next { return 0 }
        return Int(admitted.exchange(next, ordering: .relaxed) & Self.counts)
    }

    func setRefusal(_ next: Refusal?) {
        refusal.withLock { $0 = next }
    }

    // Nil: calls are not refused any more.
    func refuse<Value>(at now: Timestamp, _ body: (inout Refusal) -> Value) -> Value? {
        refusal.withLock { state in
            guard var refusal = state.take() else { return nil }
            defer { state = refusal }
            refused.wrappingAdd(1, ordering: .relaxed)
            let wait = Pass.wait(until: refusal.comeBackAt, at: now)
            if refusal.rejection.retryAfterMilliseconds != wait {
                refusal.rejection.retryAfterMilliseconds = wait
                refusal.error = nil
            }
            return body(&refusal)
        }
    }
}

// A stripe for each of several threads. Two that share one are slower, and no less right.
struct PassStripes: ~Copyable, Sendable {
    // Lines of memory come in pairs.
    private static let stride = 128
    private static let bits = 4
    static let count = 1 << bits

    // Set once; all that is in a stripe is atomic or behind a lock.
    private nonisolated(unsafe) let memory: UnsafeMutableRawPointer

    init() {
        precondition(MemoryLayout<PassStripe>.size <= Self.stride)
        memory = .allocate(byteCount: Self.count * Self.stride, alignment: Self.stride)
        for index in 0..<Self.count { stripe(index).initialize(to: PassStripe()) }
    }

    deinit {
        for index in 0..<Self.count { stripe(index).deinitialize(count: 1) }
        memory.deallocate()
    }

    private func stripe(_ index: Int) -> UnsafeMutablePointer<PassStripe> {
        (memory + index * Self.stride).assumingMemoryBound(to: PassStripe.self)
    }

    // The running thread's: threads differ in where their stacks are.
    static var indexHere: Int {
        var local: UInt8 = 0
        let address = withUnsafeMutablePointer(to: &local) { UInt64(UInt(bitPattern: $0)) }
        // Fibonacci hashing spreads what lies at equal distances.
        return Int((address >> 16 &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits))
    }

    var here: UnsafeMutablePointer<PassStripe> { stripe(Self.indexHere) }

    var successes: Int { (0..<Self.count).reduce(0) { $0 + stripe($1).pointee.successes } }
    var rejections: Int { (0..<Self.count).reduce(0) { $0 + stripe($1).pointee.rejections } }

    func collect(nextGeneration generation: UInt64) -> Int {
        (0..<Self.count).reduce(0) { $0 + stripe($1).pointee.collect(nextGeneration: generation) }
    }

    // Each stripe gets a rejection of its own: to count one's references is to write.
    func refuse(_ rejection: Rejection, comeBackAt: Timestamp) {
        for index in 0..<Self.count {
            stripe(index).pointee.setRefusal(.init(rejection: rejection.copy(), comeBackAt: comeBackAt))
        }
    }

    func refuseNoMore() {
        for index in 0..<Self.count { stripe(index).pointee.setRefusal(nil) }
    }
}
