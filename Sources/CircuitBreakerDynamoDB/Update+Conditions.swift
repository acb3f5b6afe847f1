//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

// Conditions, each true of just those items that are read as what it says.
extension Update {
    mutating func requireEpoch(_ epoch: Epoch, in attribute: String = Attribute.epoch) {
        let equal = "\(name(attribute)) = \(value(.count(epoch.rawValue)))"
        require(epoch == .zero ? "(attribute_not_exists(\(name(attribute))) OR \(equal))" : equal)
    }

    mutating func requireOwnState(_ state: CircuitState) {
        let equal = "\(name(Attribute.state)) = \(value(.text(state.rawValue)))"
        require(state == .closed ? "(attribute_not_exists(\(name(Attribute.state))) OR \(equal))" : equal)
    }

    mutating func requireSharedState(_ state: CircuitState) {
        require(sharedState(is: state))
    }

    // An OPEN that only mirrors an order is no foreign writer's.
    mutating func requireClosedToForeignWriters() {
        let order = name(Attribute.order)
        let isForced = "\(order)[0] = \(value(.text(CircuitOrder.Kind.forceOpen.rawValue)))"
        require("(\(sharedState(is: .closed)) OR (\(sharedState(is: .open)) AND \(isForced)))")
    }

    private mutating func sharedState(is state: CircuitState) -> String {
        let attribute = name(Attribute.circuitState)
        return switch state {
        case .open: "\(attribute) = \(value(.text("OPEN")))"
        case .halfOpen: "\(attribute) IN (\(values("HALF-OPEN", "HALF")))"
        case .closed: "(attribute_not_exists(\(attribute)) OR NOT \(attribute) IN (\(values("OPEN", "HALF-OPEN", "HALF"))))"
        }
    }

    // Just those items for which `Item.stranger` is nil, and no item at all.
    mutating func requireCircuit() {
        var marks = ["attribute_not_exists(\(name(Attribute.id)))"]
        for mark in Item.marks { marks.append("attribute_exists(\(name(mark)))") }
        require("(\(marks.joined(separator: " OR ")))")
        let absent = Item.powertoolsMarks.map { "attribute_not_exists(\(name($0)))" }
        require("(\(absent.joined(separator: " OR ")))")
    }

    private mutating func values(_ texts: String...) -> String {
        var placeholders: [String] = []
        for text in texts { placeholders.append(value(.text(text))) }
        return placeholders.joined(separator: ", ")
    }

    mutating func requireSlot(_ slot: CircuitChange.Condition.Slot) {
        let attribute = name(Attribute.slot(slot.index))
        guard let contents = slot.contents else { return require("attribute_not_exists(\(attribute))") }
        require("\(attribute) = \(value(.text(contents.text)))")
    }
}
