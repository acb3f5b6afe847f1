//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// What permits keep alive: the breaker in several objects, one for a stripe of threads, so that threads do not all count references in one line of memory.
// Only the breaker itself holds its anchors, so nothing holds itself.
final class PermitAnchors: Sendable {
    // Filled at the first permit, once: a breaker that gives none pays for none. What is there is Sendable.
    private nonisolated(unsafe) let filled = Atomic<UnsafeMutablePointer<CircuitBreaker>?>(nil)

    func here(of breaker: CircuitBreaker) -> CircuitBreaker {
        (filled.load(ordering: .acquiring) ?? fill(for: breaker))[PassStripes.indexHere]
    }

    private func fill(for breaker: CircuitBreaker) -> UnsafeMutablePointer<CircuitBreaker> {
        let anchors = UnsafeMutablePointer<CircuitBreaker>.allocate(capacity: PassStripes.count)
        for index in 0..<PassStripes.count { (anchors + index).initialize(to: CircuitBreaker(anchorOf: breaker)) }
        let (exchanged, others) = filled.compareExchange(expected: nil, desired: anchors, ordering: .acquiringAndReleasing)
        guard !exchanged, let others else { return anchors }
        Self.free(anchors)
        return others
    }

    private static func free(_ anchors: UnsafeMutablePointer<CircuitBreaker>) {
        anchors.deinitialize(count: PassStripes.count)
        anchors.deallocate()
    }

    deinit {
        if let anchors = filled.load(ordering: .acquiring) { Self.free(anchors) }
    }
}
