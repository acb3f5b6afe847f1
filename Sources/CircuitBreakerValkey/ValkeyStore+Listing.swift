//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker

/// Some of the circuits of a ``ValkeyStore``, as one step of a scan finds them.
public struct ValkeyPage: Sendable {
    /// Where the next page begins.
    public struct Cursor: Hashable, Sendable {
        let text: String
    }

    /// The circuits, each by its id.
    public var circuits: [String: CircuitRecord] = [:]
    /// The ids of circuits whose hashes cannot be read, sorted.
    public var unreadable: [String] = []
    /// How many keys with the prefix are none of ours.
    public var strangers = 0
    /// Where the next page begins; nil: this was the last.
    public var next: Cursor?
}

extension ValkeyStore {
    /// How many keys of the database a page looks at, whoever they belong to.
    public static let keysPerPage = 200

    /// Reads the next circuits, in no order.
    ///
    /// It needs SCAN, which goes over all keys of the database; a process that only uses circuits does not. A circuit that is there all the while is on one page at least.
    /// - Parameter cursor: where the page begins; nil: the first.
    /// - Returns: the page; it may be empty although others follow.
    /// - Throws: ``StoreError``.
    public func page(after cursor: ValkeyPage.Cursor? = nil) async throws(StoreError) -> ValkeyPage {
        let connection = try connection.get()
        let pattern = connection.settings.prefix.escapedForPattern + "*"
        let scan = Command("SCAN", cursor?.text ?? "0", "MATCH", pattern, "COUNT", String(Self.keysPerPage))
        let reply = try await connection.link.answer(to: scan)
        guard case .list(let parts) = reply, parts.count == 2, let next = parts[0].string, case .list(let keys) = parts[1] else {
            if case .error(let text) = reply { throw StoreError(serverError: text, at: connection.settings.name) }
            throw StoreError(
                .unavailable,
                "the answer of \(connection.settings.name) to SCAN is not what Valkey and Redis give",
                mayHaveBeenApplied: false
            )
        }
        var page = ValkeyPage()
        if next != "0" { page.next = .init(text: next) }
        let ids = keys.compactMap { key -> String? in
            guard let key = key.string, key.hasPrefix(connection.settings.prefix) else { return nil }
            return String(key.dropFirst(connection.settings.prefix.count))
        }
        page.strangers = keys.count - ids.count
        // So many that the answers to them do not wait for each other, and so few that they have room.
        for start in stride(from: 0, to: ids.count, by: 100) {
            let some = ids[start..<min(start + 100, ids.count)]
            let replies = try await connection.link.answers(to: some.map { Command("HGETALL", connection.settings.key(of: $0)) })
            for (id, reply) in zip(some, replies) { try page.add(id, reply, connection.settings) }
        }
        page.unreadable.sort()
        return page
    }
}

extension ValkeyPage {
    fileprivate mutating func add(_ id: String, _ reply: Reply, _ settings: ValkeySettings) throws(StoreError) {
        if case .list(let elements) = reply, let fields = Fields(elements), !fields.isCircuit {
            // Or it is gone since.
            if !elements.isEmpty { strangers += 1 }
            return
        }
        if case .error(let text) = reply {
            guard text.hasPrefix("WRONGTYPE") else { throw StoreError(serverError: text, at: settings.name) }
            strangers += 1
            return
        }
        do throws(StoreError) {
            circuits[id] = try settings.record(reply, id)
        } catch {
            guard error.code == .unreadable else { throw error }
            unreadable.append(id)
        }
    }
}

extension String {
    // SCAN's pattern gives some signs a meaning.
    fileprivate var escapedForPattern: String {
        String(flatMap { "*?[]\\^".contains($0) ? ["\\", $0] : [$0] })
    }
}
