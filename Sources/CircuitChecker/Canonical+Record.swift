//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The record, and what is asked of the store and answered.
extension Canonical {
    mutating func visit(_ shared: inout CircuitRecord.Shared) {
        guard !isCollecting else { return }
        if !hasForeign {
            shared.failureCount = 0
            shared.lastFailureTime = .zero
            shared.stateTimestamp = .zero
            shared.nextAttempt = .zero
        }
        visit(&shared.lastFailureTime)
        visit(&shared.stateTimestamp)
        visit(&shared.nextAttempt)
    }

    mutating func visit(_ record: inout CircuitRecord) {
        visit(&record.epoch)
        visit(&record.orderEpoch)
        visit(&record.announcedOrder)
        for index in record.slots.keys {
            guard var slot = record.slots[index] else { continue }
            visit(&slot)
            record.slots[index] = slot
        }
        if var writer = record.writer {
            if isCollecting || recognisable.contains(writer) {
                if !isCollecting { visit(&writer) }
                record.writer = writer
            } else {
                record.writer = nil
            }
        }
        visit(&record.window)
        if !isCollecting, !hasForeign { record.shownFailures = 0 }
        let isLate = record.shared.stateTimestamp >= record.nextAttempt
        visit(&record.shared)
        guard !isCollecting else { return }
        visit(&record.nextAttempt)
        if hasForeign, isLate != (record.shared.stateTimestamp >= record.nextAttempt) { record.shared.stateTimestamp = .zero }
        if scenario.rules.ramp == 0 {
            record.reason = record.reason == Self.resetReason ? record.reason : nil
            record.since = .zero
        } else {
            visit(&record.since)
        }
        record.expiresAt = nil
        record.history = []
        record.evidence = Evidence()
        visitOrder(&record.order)
    }

    mutating func visitOrder(_ order: inout CircuitOrder?) {
        guard !isCollecting, var some = order else { return }
        visit(&some.until)
        order = some
    }

    mutating func visit(_ record: inout CircuitRecord?) {
        guard var some = record else { return }
        visit(&some)
        record = some
    }

    mutating func visit(_ report: inout CircuitReport) {
        visit(&report.epoch)
        guard !isCollecting else { return }
        for index in report.buckets.indices { visit(&report.buckets[index].start) }
        visit(&report.keepFrom)
        if hasForeign { visit(&report.lastFailure) } else if report.lastFailure != nil { report.lastFailure = .zero }
        report.expiresAt = nil
        if !hasForeign {
            report.showing = .unchanged
            report.keepsLastFailureTime = false
        }
        report.lastError = nil
    }

    mutating func visit(_ change: inout CircuitChange) {
        if isCollecting, let token = change.token { recognisable.insert(token) }
        visit(&change.condition.epoch)
        visit(&change.condition.orderEpoch)
        visit(&change.condition.announcedOrder)
        if !isCollecting, case .open(var until)? = change.mirror {
            visit(&until)
            change.mirror = .open(until: until)
        }
        if var slot = change.condition.slot?.contents {
            visit(&slot)
            change.condition.slot?.contents = slot
        }
        if !isCollecting { change.expiresAt = nil }
        switch change.target {
        case .transition(var transition):
            visit(&transition.epoch)
            visit(&transition.writer)
            transition.evidence = Evidence()
            visit(&transition.now)
            visit(&transition.nextAttempt)
            visit(&transition.leaseEnd)
            change.target = .transition(transition)
        case .takeSlot(var slot, let reclaimed):
            visit(&slot)
            change.target = .takeSlot(slot, reclaimed: reclaimed)
        case .order(var order, var epoch):
            visitOrder(&order)
            visit(&epoch)
            change.target = .order(order, orderEpoch: epoch)
        case .releaseSlot, .countSuccess: break
        }
    }

    mutating func visit(_ action: inout StoreAction) {
        switch action {
        case .read: break
        case .report(var report):
            visit(&report)
            action = .report(report)
        case .change(var change):
            visit(&change)
            action = .change(change)
        }
    }

    mutating func visit(_ reply: inout StoreReply) {
        switch reply {
        case .record(var record):
            visit(&record)
            reply = .record(record)
        case .reported(.accepted(var record)):
            visit(&record)
            reply = .reported(.accepted(record))
        case .reported(.refused(var record)):
            visit(&record)
            reply = .reported(.refused(record))
        case .changed(.won(var record)):
            visit(&record)
            reply = .changed(.won(record))
        case .changed(.lost(var record)):
            visit(&record)
            reply = .changed(.lost(record))
        case .failed: break
        }
    }

    private static var resetReason: ChangeReason { .ordered(by: "operator", why: "test") }
}
