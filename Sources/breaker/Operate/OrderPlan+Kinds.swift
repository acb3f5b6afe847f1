//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

extension OrderPlan {
    static let rights = "Needs the actions dynamodb:GetItem and dynamodb:UpdateItem on the table."

    init(_ kind: CircuitOrder.Kind, for duration: Duration?, by: String, why: String) {
        done = "\(kind.rawValue) \(duration.map { "for \($0.text)" } ?? "until it is lifted")"
        words = "order \(done)"
        admitsCalls = kind != .forceOpen
        carryOut = { breaker in
            let until = duration.map { WallClock().now.advanced(by: $0) }
            try await breaker.give(CircuitOrder(kind, until: until, by: by, why: why))
        }
    }

    struct Overtaken: Error {}

    // What was in force before the order of that fence, as it was; nil: nothing.
    init(undoing fence: Epoch, to order: CircuitOrder?, by: String) {
        done = order.map { "\($0.kind.rawValue) given again" } ?? "order lifted"
        words = order.map { "give the order \($0.kind.rawValue) again" } ?? "lift the order"
        admitsCalls = order.map { $0.kind != .forceOpen } ?? false
        carryOut = { breaker in
            guard try await breaker.replaceOrder(since: fence, with: order, by: by, why: "undone") else { throw Overtaken() }
        }
    }

    // It forces nothing: the circuit decides again.
    static func lift(by: String, why: String) -> OrderPlan {
        OrderPlan(words: "lift the order", done: "order lifted", admitsCalls: false) { breaker in try await breaker.liftOrder(by: by, why: why) }
    }

    static func reset(by: String, why: String) -> OrderPlan {
        OrderPlan(words: "reset to CLOSED", done: "reset to CLOSED", admitsCalls: true) { breaker in try await breaker.reset(by: by, why: why) }
    }
}
