//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// For how long messages that the circuit rejected stay hidden: until it may admit them, or longer the more often they were received.
///
/// With the defaults a message that has been received n times waits at least 10 s × 2ⁿ⁻¹, 300 s at most. An outage of some 5 minutes costs it 5 receipts, one of half an
/// hour 10. Give the dead-letter queue a `maxReceiveCount` that leaves room for them.
public struct Postponement: Hashable, Sendable {
    /// How long a message waits at least that was received for the first time.
    public var first: Duration
    /// The longest wait that receipts alone make; the circuit's own `retryAfter` may be longer.
    public var longest: Duration
    /// By up to which share waits are made longer at random, so that batches do not all come back at once.
    public var spread: Double

    // SQS hides a message for 12 hours at most, from its receipt on; an invocation may take a quarter of an hour of them.
    static let mostSeconds = 12 * 3600 - 900

    /// Creates a plan.
    /// - Parameters:
    ///   - first: how long a message waits at least that was received for the first time; no less than a second counts.
    ///   - longest: the longest wait that receipts alone make.
    ///   - spread: by up to which share waits are made longer at random, from 0 to 1.
    public init(first: Duration = .seconds(10), longest: Duration = .seconds(300), spread: Double = 0.2) {
        self.first = first
        self.longest = longest
        self.spread = spread
    }

    // The whole of a batch by its most received message: in a FIFO queue a message must not come back before the one ahead of it.
    func seconds(retryAfter: Duration, receiveCount: Int, chance: Double) -> Int {
        let first = max(1, Double(first.components.seconds))
        let doubled = first * Double(1 << (min(31, max(1, receiveCount)) - 1))
        let byReceipts = min(doubled, max(first, Double(longest.components.seconds)))
        let (seconds, attoseconds) = retryAfter.components
        let byCircuit = Double(seconds) + (attoseconds > 0 ? 1 : 0)
        let spread = spread.isFinite ? min(1, max(0, spread)) : 0
        let wait = max(byReceipts, byCircuit) * (1 + spread * chance)
        return Int(min(max(1, wait), Double(Self.mostSeconds)).rounded(.up))
    }
}
