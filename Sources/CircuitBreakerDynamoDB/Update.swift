//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

// An UpdateItem in the making: what must hold, and what is then done.
struct Update {
    private var names: [String: String] = [:]
    private var values: [String: JSON] = [:]
    private var conditions: [String] = []
    private var sets: [String] = []
    private var additions: [String] = []
    private var removals: Set<String> = []

    mutating func require(_ condition: String) {
        conditions.append(condition)
    }

    mutating func set(_ attribute: String, _ value: JSON) {
        sets.append("\(name(attribute)) = \(self.value(value))")
    }

    // Sets an attribute to what another one holds, or to a value if that is not there.
    mutating func set(_ attribute: String, to other: String, orElse value: JSON) {
        sets.append("\(name(attribute)) = if_not_exists(\(name(other)), \(self.value(value)))")
    }

    // Sets an attribute to one more than another one holds.
    mutating func set(_ attribute: String, toOneMoreThan other: String) {
        sets.append("\(name(attribute)) = if_not_exists(\(name(other)), \(value(.count(0)))) + \(value(.count(1)))")
    }

    mutating func add(_ attribute: String, _ value: JSON) {
        additions.append("\(name(attribute)) \(self.value(value))")
    }

    mutating func remove(_ attribute: String) {
        removals.insert(name(attribute))
    }

    // The placeholder of an attribute; some names are reserved words, and so none is written out.
    mutating func name(_ attribute: String) -> String {
        if let known = names[attribute] { return known }
        let placeholder = "#\(names.count)"
        names[attribute] = placeholder
        return placeholder
    }

    mutating func value(_ value: JSON) -> String {
        if let known = values.first(where: { $0.value == value }) { return known.key }
        let placeholder = ":\(values.count)"
        values[placeholder] = value
        return placeholder
    }

    // Fails for an item that is not a circuit's, whatever else must hold.
    func input(table: String, id: String) -> JSON {
        var update = self
        update.requireCircuit()
        return update.request(table: table, id: id)
    }

    private func request(table: String, id: String) -> JSON {
        let clauses = [("SET", sets), ("ADD", additions), ("REMOVE", removals.sorted())]
        let expression = clauses.filter { !$0.1.isEmpty }.map { "\($0) \($1.joined(separator: ", "))" }.joined(separator: " ")
        return .object([
            "TableName": .string(table),
            "Key": .object([Attribute.id: .text(id)]),
            "UpdateExpression": .string(expression),
            "ExpressionAttributeNames": .object(Dictionary(names.map { ($1, .string($0)) }) { $1 }),
            "ExpressionAttributeValues": .object(values),
            "ConditionExpression": .string(conditions.joined(separator: " AND ")),
            "ReturnValues": "ALL_NEW",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        ])
    }
}
