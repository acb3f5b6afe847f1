//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient
package import CircuitBreaker
package import Logging
import SafeText

// What an alarm orders, as the stack's rule says it.
package struct AlarmOrder: Hashable, Sendable {
    package let circuit: String
    package let kind: CircuitOrder.Kind
    // How long the order holds, from the alarm on, in milliseconds.
    package let duration: Int64
    package let why: String
    package let alarm: String
    // When the alarm went off.
    package let time: Timestamp

    init(_ members: JSON) throws(FunctionEventError) {
        circuit = try members.text("circuit", of: "order", longest: 256)
        let kind = try members.text("kind", of: "order", longest: 32)
        guard let kind = CircuitOrder.Kind(rawValue: kind) else { throw FunctionEventError("'order.kind' is '\(kind)', which is no kind of order") }
        self.kind = kind
        duration = try members.number("forMilliseconds", of: "order", within: 1...31_536_000_000)
        why = try members.text("why", of: "order", longest: CircuitOrder.longestText)
        alarm = try members.text("alarm", of: "order", longest: 1024)
        let text = try members.text("time", of: "order", longest: 64)
        guard let time = LenientTimestamp.parse(text) else { throw FunctionEventError("'order.time' is '\(text)', which is no time") }
        self.time = Timestamp(milliseconds: time)
    }

    // The same for each arrival of an event, since its end counts from the alarm.
    package var order: CircuitOrder {
        let by = "alarm \(alarm)".shortened(toBytes: CircuitOrder.longestText)
        return CircuitOrder(kind, until: time.adding(duration), by: by, why: why)
    }

    // Whether the order has been given: it may have been lifted since.
    package func isKnown(to record: CircuitRecord?) -> Bool {
        guard let record else { return false }
        let order = order
        let by = order.by.shortenedForRecord
        return record.order == order
            || record.history.contains { entry in
                if case .ordered(let given) = entry.event { (given.kind, given.until, given.by) == (order.kind, order.until, by) } else { false }
            }
    }
}

// Gives the order of an alarm, once however often its event comes.
package struct OrderHandler: Sendable {
    private let store: any CircuitStore

    package init(store: any CircuitStore) {
        self.store = store
    }

    package func handle(_ alarm: AlarmOrder, clock: any CircuitClock, logger: Logger) async throws -> JSON {
        let order = alarm.order
        let metadata: Logger.Metadata = ["circuit": "\(alarm.circuit)", "kind": "\(order.kind.rawValue)", "by": "\(order.by)"]
        guard order.isInForce(at: clock.now) else {
            logger.warning("CircuitEvents: an alarm's order came when its time was over, and is not given", metadata: metadata)
            return ["action": "came too late"]
        }
        guard !alarm.isKnown(to: try await store.read(alarm.circuit, consistent: true)) else { return ["action": "was given before"] }
        var configuration = CircuitBreaker.Configuration()
        configuration.sharing.storeTimeout = .seconds(5)
        let breaker = try CircuitBreaker(alarm.circuit, store: store, configuration: configuration, clock: clock, logger: logger)
        try await breaker.give(order)
        logger.notice("CircuitEvents: an alarm's order is given", metadata: metadata)
        return ["action": "is given"]
    }
}
