//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import NIOCore
import SafeText

// A circuit's hash as the server returns it.
struct Fields: StoredRecord, Sendable {
    // The field that every hash of this store has: which form it is written in.
    static let form = (name: "cb_form", value: "1")

    private var values: [String: ByteBuffer] = [:]

    // Nil for an answer that is no list of names and values. A name that is no UTF-8 is none of ours.
    init?(_ elements: some Collection<Reply>) {
        guard elements.count.isMultiple(of: 2) else { return nil }
        var name: Reply?
        for element in elements {
            guard let field = name.take() else {
                name = element
                continue
            }
            guard case .bytes(let value) = element, case .bytes = field else { return nil }
            if let field = field.string { values[field] = value }
        }
    }

    var isEmpty: Bool { values.isEmpty }
    var names: some Collection<String> { values.keys }

    var isCircuit: Bool { (try? text(Self.form.name)) == Self.form.value }

    func text(_ name: String) throws(StoreError) -> String? {
        guard let bytes = values[name] else { return nil }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else { throw Self.unreadable(name) }
        return text
    }

    func value(_ name: String) throws(StoreError) -> FieldValue? {
        guard let text = try text(name) else { return nil }
        guard let value = FieldValue(written: text) else { throw Self.unreadable(name) }
        return value
    }

    // The server compares texts, so that one number must not have two.
    func exactNumber(_ name: String) throws(StoreError) -> Int64? {
        guard let text = try text(name) else { return nil }
        guard let number = Int64(text), String(number) == text else { throw Self.unreadable(name) }
        return number
    }

    func nearestNumber(_ name: String) throws(StoreError) -> Int64? { try exactNumber(name) }

    static func unreadable(_ name: String) -> StoreError {
        StoreError(
            .unreadable,
            "the field '\(name.printable)' of the circuit's hash is not what this library writes; delete the key, and the circuit starts over CLOSED",
            mayHaveBeenApplied: false
        )
    }
}

extension CircuitRecord {
    init(_ fields: Fields) throws(StoreError) {
        try self.init(stored: fields)
        shared = Shared(
            circuitState: try fields.state(Attribute.circuitState),
            failureCount: try fields.count(Attribute.failureCount),
            successCount: try fields.count(Attribute.successCount),
            nextAttempt: try fields.time(Attribute.nextAttempt),
            lastFailureTime: try fields.time(Attribute.lastFailureTime),
            consecutiveOpens: try fields.count(Attribute.consecutiveOpens),
            stateTimestamp: try fields.time(Attribute.stateTimestamp)
        )
        expiresAt = try fields.exactNumber(Attribute.expiresAt).map { Timestamp(milliseconds: $0) }
        window = try fields.window
    }
}

extension Fields {
    fileprivate var window: CircuitWindow {
        get throws(StoreError) {
            var buckets: [Timestamp: CircuitWindow.Bucket] = [:]
            for name in names {
                switch WindowField(name) {
                case .count(let count, let start)?:
                    buckets[start, default: .init(start: start)].tally[count] = try self.count(name)
                case .reporter(let environment, let start)?: buckets[start, default: .init(start: start)].reporters.append(environment)
                case nil: break
                }
            }
            return CircuitWindow(
                buckets.values.map { bucket in .init(start: bucket.start, tally: bucket.tally, reporters: bucket.reporters.sorted()) }
            )
        }
    }
}

extension CircuitWindow.Tally {
    subscript(count: WindowField.Count) -> Int {
        get {
            switch count {
            case .failures: failures
            case .slowCalls: slowCalls
            case .successes: successes
            }
        }
        set {
            switch count {
            case .failures: failures = newValue
            case .slowCalls: slowCalls = newValue
            case .successes: successes = newValue
            }
        }
    }
}
