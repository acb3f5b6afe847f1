//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The name of an attribute that remembers one change of state or one order: it carries the fence that the change set, so that no two writers use the same.
// A write of one removes the oldest that its writer knows of.
package struct HistoryName: Hashable, Comparable, Sendable {
    private static let changePrefix = "cb_h:"
    private static let orderPrefix = "cb_o:"

    package var epoch: Epoch
    package var isOrder: Bool

    package init(_ entry: HistoryEntry) {
        epoch = entry.epoch
        isOrder = entry.isOrder
    }

    package init?(_ attribute: String) {
        isOrder = attribute.hasPrefix(Self.orderPrefix)
        guard isOrder || attribute.hasPrefix(Self.changePrefix) else { return nil }
        guard let epoch = Int64(attribute.dropFirst(Self.changePrefix.count), radix: 36) else { return nil }
        self.epoch = Epoch(rawValue: epoch)
        guard self.attribute == attribute else { return nil }
    }

    package var prefix: String { isOrder ? Self.orderPrefix : Self.changePrefix }
    package var attribute: String { prefix + String(epoch.rawValue, radix: 36) }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.epoch < rhs.epoch
    }
}

extension HistoryEntry {
    // A change as a list: the state before (null: not known) and after, the reason, the environment; an order as the order's own list, and a lifting as by whom and why.
    package func stored<Value: StoredValue>(as type: Value.Type = Value.self) -> Value {
        switch event {
        case .changed(let from, let to, let reason, let environment):
            .list([from.map { .text($0.rawValue) } ?? .absent, .text(to.rawValue), reason.stored(), .text(environment.rawValue)])
        case .ordered(let order): order.stored()
        case .lifted(let by, let why): .list([.text(by), .text(why)])
        }
    }

    // Nil for what this version does not know: nothing is decided by it.
    package init?(_ name: HistoryName, value: some StoredValue) {
        guard let elements = value.list else { return nil }
        if name.isOrder {
            // Earlier versions did not say who lifted an order.
            if elements.isEmpty {
                self.init(epoch: name.epoch, event: .lifted(by: "", why: ""))
                return
            }
            if elements.count == 2, let by = elements[0].text, let why = elements[1].text {
                self.init(epoch: name.epoch, event: .lifted(by: by, why: why))
                return
            }
            guard let order = CircuitOrder(value: value) else { return nil }
            self.init(epoch: name.epoch, event: .ordered(order))
        } else {
            guard elements.count >= 4, let to = elements[1].state,
                let reason = ChangeReason(value: elements[2]), let environment = elements[3].text
            else { return nil }
            self.init(epoch: name.epoch, event: .changed(from: elements[0].state, to: to, reason: reason, by: EnvironmentID(rawValue: environment)))
        }
    }
}

extension StoredValue {
    fileprivate var state: CircuitState? { text.flatMap { CircuitState(rawValue: $0) } }
}
