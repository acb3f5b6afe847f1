//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerValkey

// A store as its operators see it: circuits that can be listed.
protocol OperatedStore: CircuitStore {
    // What is not consistent may cost less, and lag by a second.
    func circuits(after cursor: StorePage.Cursor?, consistent: Bool) async throws(StoreError) -> StorePage
    func shutdown() async
}

struct StorePage: Sendable {
    enum Cursor: Sendable {
        case item(CircuitPage.Cursor)
        case keys(ValkeyPage.Cursor)
    }

    var circuits: [String: CircuitRecord]
    var unreadable: [String]
    var strangers: Int
    var next: Cursor?
    // What reading it cost, where it is paid for and the service says so.
    var readUnits: Double?
}

extension DynamoDBStore: OperatedStore {
    func circuits(after cursor: StorePage.Cursor?, consistent: Bool) async throws(StoreError) -> StorePage {
        let start: CircuitPage.Cursor? = if case .item(let cursor)? = cursor { cursor } else { nil }
        let page = try await page(after: start, limit: Self.longestPage, consistent: consistent)
        return StorePage(
            circuits: page.circuits,
            unreadable: page.unreadable,
            strangers: page.strangers,
            next: page.next.map { .item($0) },
            readUnits: page.readUnits
        )
    }
}

extension ValkeyStore: OperatedStore {
    func circuits(after cursor: StorePage.Cursor?, consistent: Bool) async throws(StoreError) -> StorePage {
        let start: ValkeyPage.Cursor? = if case .keys(let cursor)? = cursor { cursor } else { nil }
        let page = try await page(after: start)
        return StorePage(
            circuits: page.circuits,
            unreadable: page.unreadable,
            strangers: page.strangers,
            next: page.next.map { .keys($0) },
            readUnits: nil
        )
    }
}

extension OperatedStore {
    // All circuits, page by page; one that is on two pages counts as it was on the later.
    func pages(consistent: Bool, _ body: (StorePage) -> Void) async throws(StoreError) {
        var cursor: StorePage.Cursor?
        repeat {
            let page = try await circuits(after: cursor, consistent: consistent)
            body(page)
            cursor = page.next
        } while cursor != nil
    }

    // The circuit as it is now; nil if there is none.
    func summary(of id: String) async throws -> CircuitSummary? {
        try CircuitBreaker.validate(id: id)
        let record = try await read(id, consistent: true)
        return record.flatMap { CircuitSummary(id, $0, at: WallClock().now) }
    }

    func existing(_ id: String, in place: StorePlace) async throws -> CircuitSummary {
        guard let summary = try await summary(of: id) else {
            throw CommandFailure("there is no circuit '\(id)' in \(place); see: breaker list \(place.option)")
        }
        return summary
    }
}
