//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store holds of a record: values by the names of `RecordAttribute`.
package protocol StoredRecord {
    associatedtype Value: StoredValue
    associatedtype Names: Collection<String>

    var names: Names { get }

    // Nil if it is not there, an error if it is something else.
    func text(_ name: String) throws(StoreError) -> String?
    func value(_ name: String) throws(StoreError) -> Value?
    func exactNumber(_ name: String) throws(StoreError) -> Int64?
    // Where a store has larger numbers: as near as 64 bits come.
    func nearestNumber(_ name: String) throws(StoreError) -> Int64?

    static func unreadable(_ name: String) -> StoreError
}

extension StoredRecord {
    package func count(_ name: String) throws(StoreError) -> Int { Int(clamping: try nearestNumber(name) ?? 0) }
    package func time(_ name: String) throws(StoreError) -> Timestamp { Timestamp(milliseconds: try nearestNumber(name) ?? 0) }
    // A fence that is not exactly what it was would let everything pass.
    package func epoch(_ name: String) throws(StoreError) -> Epoch { Epoch(rawValue: try exactNumber(name) ?? 0) }
    package func state(_ name: String) throws(StoreError) -> CircuitState { try read(name, text(name)) { CircuitState(rawValue: $0) } ?? .closed }

    fileprivate func read<Stored, Found>(_ name: String, _ stored: Stored?, _ read: (Stored) -> Found?) throws(StoreError) -> Found? {
        guard let stored else { return nil }
        guard let found = read(stored) else { throw Self.unreadable(name) }
        return found
    }

    // Of what decides nothing, what cannot be read is as good as none.
    fileprivate func textIfReadable(_ name: String) -> String? { (try? text(name)) ?? nil }
    fileprivate func valueIfReadable(_ name: String) -> Value? { (try? value(name)) ?? nil }
}

extension CircuitRecord {
    // Without what each store keeps in a form of its own: `shared`, `window` and `expiresAt`.
    package init(stored: some StoredRecord) throws(StoreError) {
        self.init()
        epoch = try stored.epoch(RecordAttribute.epoch)
        state = try stored.state(RecordAttribute.state)
        since = try stored.time(RecordAttribute.since)
        nextAttempt = try stored.time(RecordAttribute.ownNextAttempt)
        consecutiveOpens = try stored.count(RecordAttribute.ownConsecutiveOpens)
        successCount = try stored.count(RecordAttribute.ownSuccessCount)
        lostProbes = try stored.count(RecordAttribute.lostProbes)
        unusedProbes = try stored.count(RecordAttribute.unusedProbes)
        failureStreak = try stored.count(RecordAttribute.failureStreak)
        shownFailures = try stored.count(RecordAttribute.shownFailures)
        writer = stored.textIfReadable(RecordAttribute.writer).flatMap { WriterToken(text: $0) }
        reason = stored.valueIfReadable(RecordAttribute.reason).flatMap { ChangeReason(value: $0) }
        order = try stored.read(RecordAttribute.order, stored.value(RecordAttribute.order)) { CircuitOrder(value: $0) }
        orderEpoch = try stored.epoch(RecordAttribute.orderEpoch)
        announcedOrder = try stored.epoch(RecordAttribute.announcedOrder)
        evidence.troubleSince = stored.valueIfReadable(RecordAttribute.troubleSince)?.nearestNumber.map { Timestamp(milliseconds: $0) }
        evidence.changedBy = stored.textIfReadable(RecordAttribute.changedBy)?.shortenedForRecord
        evidence.lastError = stored.valueIfReadable(RecordAttribute.lastError).flatMap { .init(value: $0) }
        for name in stored.names {
            if let index = RecordAttribute.slotIndex(name) { slots[index] = try stored.read(name, stored.text(name)) { ProbeSlot(text: $0) } }
            if let entry = HistoryName(name), let value = stored.valueIfReadable(name), let remembered = HistoryEntry(entry, value: value) {
                history.append(remembered)
            }
        }
        history = history.kept
    }
}
