//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import Testing

@testable import CircuitStream

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("events.schema.json") struct SchemaTests {
    private let schema: JSON

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        schema = try JSON(parsing: [UInt8](try Data(contentsOf: root.appendingPathComponent("events.schema.json"))))
    }

    // The event as a rule's target has it.
    private func envelope(_ announcement: Announcement) throws -> JSON {
        let entry = announcement.entry(bus: "default")
        return [
            "source": try #require(entry["Source"]), "detail-type": try #require(entry["DetailType"]),
            "resources": try #require(entry["Resources"]), "detail": announcement.detail,
        ]
    }

    @Test func itHoldsForAllThatIsMade() throws {
        let order = CircuitOrder(.forceOpen, until: Timestamp(milliseconds: 9_000), by: "ann", why: "")
        let reasons: [ChangeReason] = [
            .failures(count: 5, threshold: 5, within: .seconds(60), calls: 9), .consecutiveFailures(count: 3, threshold: 3),
            .failureRate(failures: 3, calls: 4, threshold: 0.5), .slowCallRate(slowCalls: 3, calls: 4, threshold: .infinity), .nextAttemptDue,
            .probesSucceeded(count: 2), .probeFailed(consecutiveOpens: 1), .probesLost(count: 3), .ordered(by: "ann", why: ""), .adopted, .putBack,
        ]
        var writes = reasons.map { write(ownItem(.halfOpen, epoch: 1_000), ownItem(.open, epoch: 5_000, reason: $0)) }
        writes.append(write(v1Item("CLOSED"), v1Item("OPEN")))
        writes.append(write(ownItem(.open, epoch: 1_000), nil))
        writes.append(write(ownItem(.open, epoch: 1_000), nil, isExpiry: true))
        writes.append(write(nil, ownItem(.open, epoch: 1_000, reason: nil, order: CircuitOrder(.observe), orderEpoch: 1_000)))
        writes.append(write(nil, ownItem(.closed, epoch: 1_000, order: order, orderEpoch: 1_000)))
        let during = ownItem(.closed, epoch: 1_000, order: order, orderEpoch: 1_000)
        for end in [2_000, 9_000] { writes.append(write(during, ownItem(.closed, epoch: 1_000, orderEpoch: Int64(end)))) }
        writes.append(write(during, nil))
        var seen: Set<String> = []
        for write in writes {
            let made = try announcements(write)
            #expect(!made.isEmpty)
            for announcement in made {
                let event = try envelope(announcement)
                #expect(faults(of: event, by: schema).isEmpty, "\(event)")
                seen.insert(announcement.detail["reason"]?["name"]?.string ?? announcement.detail["change"]?.string ?? "")
            }
        }
        let names = schema["$defs"]?["reason"]?["properties"]?["name"]?["enum"]?.array ?? []
        let changes = schema["$defs"]?["orderChange"]?["properties"]?["change"]?["enum"]?.array ?? []
        #expect(seen == Set((names + changes).compactMap(\.string)))
    }

    @Test func itRefusesWhatIsNotMade() throws {
        let event = try envelope(try openings(["a"])[0])
        let detail = try #require(event["detail"]?.object)
        var wrong: [JSON] = [[:], .null]
        for key in detail.keys {
            var less = detail
            less[key] = nil
            wrong.append(.object(less))
        }
        wrong.append(.object(detail.merging(["more": 1]) { $1 }))
        wrong.append(.object(detail.merging(["to": "AJAR"]) { $1 }))
        wrong.append(.object(detail.merging(["epoch": "5"]) { $1 }))
        wrong.append(.object(detail.merging(["order": [:]]) { $1 }))
        wrong.append(.object(detail.merging(["reason": ["name": "moon", "text": ""]]) { $1 }))
        for detail in wrong {
            let event = JSON.object((event.object ?? [:]).merging(["detail": detail]) { $1 })
            #expect(!faults(of: event, by: schema).isEmpty, "\(detail)")
        }
        #expect(!faults(of: .object((event.object ?? [:]).merging(["source": "x"]) { $1 }), by: schema).isEmpty)
    }

    // As much of JSON Schema as the file uses; any other word is a fault.
    private func faults(of value: JSON, by rules: JSON) -> [String] {
        (rules.object ?? [:]).flatMap { word, rule -> [String] in
            switch word {
            case "$schema", "$defs", "title", "description": []
            case "$ref": faults(of: value, by: rule.string.flatMap { schema["$defs"]?[String($0.dropFirst("#/$defs/".count))] } ?? ["nothing": 1])
            case "const": value == rule ? [] : ["\(value) is not \(rule)"]
            case "enum": rule.array?.contains(value) == true ? [] : ["\(value) is none of \(rule)"]
            case "type": (rule.array ?? [rule]).contains { isOfType(value, $0.string ?? "") } ? [] : ["\(value) is no \(rule)"]
            case "required": (rule.array ?? []).compactMap(\.string).filter { value[$0] == nil }.map { "\($0) is missing" }
            case "properties": (rule.object ?? [:]).flatMap { name, rules in value[name].map { faults(of: $0, by: rules) } ?? [] }
            case "additionalProperties": (value.object ?? [:]).keys.filter { rules["properties"]?[$0] == nil }.map { "\($0) is unknown" }
            case "items": (value.array ?? []).flatMap { faults(of: $0, by: rule) }
            case "oneOf": (rule.array ?? []).count { faults(of: value, by: $0).isEmpty } == 1 ? [] : ["not one of \(rule) fits \(value)"]
            default: ["the schema's word \(word) is not known here"]
            }
        }
    }

    private func isOfType(_ value: JSON, _ type: String) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .number: type == "number" || type == "integer" && value.integer != nil
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }
}
