//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import Hummingbird
import LoopbackAccess
import Synchronization

// The page on real tables: what it shows, and what it may do.
final class TablesDashboard: Sendable {
    // What an order took the place of; it can be undone as long as it is the last.
    private struct Given {
        let fence: Epoch
        let before: CircuitOrder?
    }

    private static let mostUndone = 100

    let tables: CircuitTables
    // Nil: the page only shows.
    let author: String?
    private let views: CircuitViews
    private let clock: any CircuitClock
    private let instance = EnvironmentID.random().rawValue
    private let given = Mutex<[String: Given]>([:])

    init(_ tables: CircuitTables, author: String?, clock: any CircuitClock = WallClock()) {
        self.tables = tables
        self.author = author
        self.clock = clock
        views = CircuitViews(clock: clock)
    }

    // MARK: showing

    func changes(since text: String?) async -> JSON {
        let parts = (text ?? "").split(separator: ":", maxSplits: 1)
        let known = parts.count == 2 && parts[0] == instance ? Int(parts[1]) : nil
        guard case .object(var members) = await tables.changes(since: known) else { return .null }
        if let revision = members["revision"] { members["position"] = .string("\(instance):\(revision)") }
        members["instance"] = .string(instance)
        members["author"] = author.map { .string($0) } ?? .null
        return .object(members)
    }

    func circuit(_ table: String?, _ id: String?) async throws(Refusal) -> JSON {
        guard let index = table.flatMap({ Int($0) }), tables.tables.indices.contains(index) else {
            throw .bad("table", table.map { .string($0) }, "the number of one of the \(tables.tables.count) tables")
        }
        let id = id ?? ""
        try check(id)
        let circuit = try await read(id, index)
        var members: [String: JSON] = [
            "now": clock.now.json, "table": .string(tables.tables[index].name), "id": .string(id), "circuit": .null, "undo": .bool(false),
        ]
        if let circuit {
            members["circuit"] = circuit.json
            members["next"] = .string(circuit.next)
            members["slowCallThreshold"] = circuit.slowCallThreshold.map { .string("\($0)") } ?? .null
            members["lines"] = .array(circuit.lines.map { .string($0) })
            members["history"] = .array(CircuitHistory(circuit).lines.map(\.pageJSON))
            let key = CircuitTables.key(index, id)
            members["undo"] = .bool(given.withLock { $0[key]?.fence == circuit.record.orderEpoch })
        }
        return .object(members)
    }

    private func check(_ id: String) throws(Refusal) {
        do throws(ConfigurationError) {
            try CircuitBreaker.validate(id: id)
        } catch {
            throw Refusal(status: 400, message: "\(error)")
        }
    }

    private func read(_ id: String, _ index: Int) async throws(Refusal) -> CircuitSummary? {
        let circuit: CircuitSummary?
        do throws(StoreError) {
            circuit = try await views.circuit(id, in: tables.tables[index], key: CircuitTables.key(index, id))
        } catch {
            throw Refusal(status: 503, message: error.message)
        }
        await tables.note(circuit, id, in: index)
        return circuit
    }

    // MARK: orders

    func perform(_ order: TableOrder) async throws(Refusal) -> JSON {
        guard let author else { throw Refusal(status: 403, message: "this page only shows: to give orders, start it with --allow-orders") }
        let key = CircuitTables.key(order.table, order.id)
        let store = tables.tables[order.table].store
        await views.forget(key)
        guard let before = try await read(order.id, order.table) else {
            throw Refusal(status: 404, message: "there is no circuit '\(order.id)' in \(tables.tables[order.table].place) any more")
        }
        let plan = if let plan = order.plan(by: author) { plan } else { try undo(before, key, by: order.by ?? author) }
        if plan.isRisky(for: before), !order.isConfirmed {
            return [
                "done": false, "confirm": .string("\(plan.words): \(OrderPlan.risk), since the circuit is \(before.stateWithoutOrder.rawValue)."),
            ]
        }
        do {
            try await plan.carryOut(on: order.id, store)
        } catch is OrderPlan.Overtaken {
            await views.forget(key)
            throw Self.overtaken
        } catch {
            await views.forget(key)
            throw Refusal(status: 503, message: "\(order.id) was not changed for certain: \((error as? StoreError)?.message ?? "\(error)")")
        }
        await views.forget(key)
        let after = try? await read(order.id, order.table)
        given.withLock { given in
            if given.count >= Self.mostUndone { given = [:] }
            given[key] = nil
            guard order.isUndoable, let after, after.record.isOneOrder(after: before.record, by: order.by ?? author) else { return }
            given[key] = Given(fence: after.record.orderEpoch, before: before.order)
        }
        return ["done": true, "said": .string(plan.done)]
    }

    private func undo(_ circuit: CircuitSummary, _ key: String, by author: String) throws(Refusal) -> OrderPlan {
        let last = given.withLock { given in given[key] }
        guard let last, last.fence == circuit.record.orderEpoch else {
            throw Self.overtaken
        }
        let before = last.before.flatMap { $0.isInForce(at: clock.now) ? $0 : nil }
        return OrderPlan(undoing: last.fence, to: before, by: author)
    }

    private static let overtaken = Refusal(
        status: 409,
        message: "nothing was undone: this page's order is not the last one any more, for somebody else was faster or it has ended"
    )
}

extension CircuitRecord {
    // Whether what was ordered or lifted since an earlier look is one entry, of that author: nobody came between.
    fileprivate func isOneOrder(after before: CircuitRecord, by author: String) -> Bool {
        let entries = history.filter { $0.isOrder && $0.epoch > before.orderEpoch }
        guard entries.count == 1, let entry = entries.first, entry.epoch == orderEpoch else { return false }
        switch entry.event {
        case .ordered(let order): return order.by == author.shortenedForRecord
        case .lifted(let by, _): return by == author.shortenedForRecord
        case .changed: return false
        }
    }
}

extension TableOrder {
    fileprivate var isUndoable: Bool {
        switch action {
        case .order, .lift: true
        case .reset, .undo: false
        }
    }
}

extension CircuitHistory.Line {
    // In the words of `breaker history`, beside what programs read.
    fileprivate var pageJSON: JSON {
        guard case .object(var members) = json else { return json }
        let cells = cells
        members["what"] = .string(cells[1])
        members["detail"] = .string(cells[2])
        return .object(members)
    }
}
