//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import NIOCore
import SafeText

// A circuit's hash as the server returns it.
struct Fields: Sendable {
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

    func value<Value>(_ name: String, _ read: (String) -> Value?) throws(StoreError) -> Value? {
        guard let text = try text(name) else { return nil }
        guard let value = read(text) else { throw Self.unreadable(name) }
        return value
    }

    // The server compares texts, so that one number must not have two.
    func numberIfAny(_ name: String) throws(StoreError) -> Int64? {
        try value(name) { text in Int64(text).flatMap { String($0) == text ? $0 : nil } }
    }

    func number(_ name: String) throws(StoreError) -> Int64 { try numberIfAny(name) ?? 0 }

    func count(_ name: String) throws(StoreError) -> Int { Int(clamping: try number(name)) }
    func time(_ name: String) throws(StoreError) -> Timestamp { Timestamp(milliseconds: try number(name)) }
    func epoch(_ name: String) throws(StoreError) -> Epoch { Epoch(rawValue: try number(name)) }
    func state(_ name: String) throws(StoreError) -> CircuitState { try value(name) { CircuitState(rawValue: $0) } ?? .closed }

    // Of what decides nothing, what cannot be read is as good as none.
    func evidence(_ name: String) -> String? { (try? text(name)) ?? nil }
    func list(_ name: String) -> FieldValue? { evidence(name).flatMap { FieldValue(written: $0) } }

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
        self.init()
        shared = Shared(
            circuitState: try fields.state(Attribute.circuitState),
            failureCount: try fields.count(Attribute.failureCount),
            successCount: try fields.count(Attribute.successCount),
            nextAttempt: try fields.time(Attribute.nextAttempt),
            lastFailureTime: try fields.time(Attribute.lastFailureTime),
            consecutiveOpens: try fields.count(Attribute.consecutiveOpens),
            stateTimestamp: try fields.time(Attribute.stateTimestamp)
        )
        epoch = try fields.epoch(Attribute.epoch)
        state = try fields.state(Attribute.state)
        since = try fields.time(Attribute.since)
        nextAttempt = try fields.time(Attribute.ownNextAttempt)
        consecutiveOpens = try fields.count(Attribute.ownConsecutiveOpens)
        successCount = try fields.count(Attribute.ownSuccessCount)
        lostProbes = try fields.count(Attribute.lostProbes)
        unusedProbes = try fields.count(Attribute.unusedProbes)
        failureStreak = try fields.count(Attribute.failureStreak)
        shownFailures = try fields.count(Attribute.shownFailures)
        writer = fields.evidence(Attribute.writer).flatMap { WriterToken(text: $0) }
        reason = fields.list(Attribute.reason).flatMap { ChangeReason(value: $0) }
        order = try fields.value(Attribute.order) { FieldValue(written: $0).flatMap { CircuitOrder(value: $0) } }
        orderEpoch = try fields.epoch(Attribute.orderEpoch)
        announcedOrder = try fields.epoch(Attribute.announcedOrder)
        evidence.troubleSince = fields.evidence(Attribute.troubleSince).flatMap { Int64($0) }.map { Timestamp(milliseconds: $0) }
        evidence.changedBy = fields.evidence(Attribute.changedBy)?.shortenedForRecord
        evidence.lastError = fields.list(Attribute.lastError).flatMap { .init(value: $0) }
        expiresAt = try fields.numberIfAny(Attribute.expiresAt).map { Timestamp(milliseconds: $0) }
        window = try fields.window
        for name in fields.names {
            if let index = Attribute.slotIndex(name) { slots[index] = try fields.value(name) { ProbeSlot(text: $0) } }
            if let entry = HistoryName(name), let value = fields.list(name), let remembered = HistoryEntry(entry, value: value) {
                history.append(remembered)
            }
        }
        history = history.kept
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
