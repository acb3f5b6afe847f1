//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import FleetSimulator
import ServiceLifecycle

// The circuits of some tables as a page lists them: read a page of items at a time, and only while somebody looks.
actor CircuitTables {
    struct Table: Sendable {
        let place: StorePlace
        let store: any OperatedStore

        var name: String { place.name }
    }

    // Of a table, as the last pass over it left it.
    private struct Standing {
        var unreadable: [String] = []
        var strangers = 0
        var units: Double? = 0
        var duration: Int64 = 0
        var problem: String?
        var readAt: Timestamp?
    }

    struct Row {
        let cells: JSON
        // When it last changed, and in which pass it was last seen.
        var revision: Int
        var pass: Int
        let epoch: Epoch
        let orderEpoch: Epoch
        // The pass that showed an older record: a second one is believed, for the item may have been made again.
        var olderIn: Int?
    }

    // A watcher asks each second.
    private static let watchedFor: Int64 = 5000
    private static let pause = Duration.milliseconds(100)
    private static let longestAnswer = 1000
    private static let mostGone = 10_000

    let tables: [Table]
    let refresh: Duration
    private let clock: any CircuitClock
    private var standings: [Standing]
    private var rows: [String: Row] = [:]
    private var gone: [(revision: Int, key: String)] = []
    // Pages that know less start over.
    private var forgotten = 0
    private var revision = 0
    private var pass = 0
    private var lastAsked: Timestamp?

    init(_ tables: [Table], refresh: Duration, clock: any CircuitClock = WallClock()) {
        self.tables = tables
        self.refresh = refresh
        self.clock = clock
        standings = tables.map { _ in Standing() }
    }

    static func key(_ table: Int, _ id: String) -> String { "\(table)/\(id)" }

    // MARK: reading

    private var isWatched: Bool { lastAsked.map { clock.now.since($0) < Self.watchedFor } ?? false }

    // Until cancelled.
    func read() async {
        while !Task.isCancelled {
            guard isWatched else {
                try? await clock.sleep(for: Self.pause)
                continue
            }
            let start = clock.now
            pass += 1
            for index in tables.indices where isWatched { await read(index) }
            let end = start.advanced(by: refresh)
            while !Task.isCancelled, isWatched, clock.now < end { try? await clock.sleep(for: Self.pause) }
        }
    }

    private func read(_ index: Int) async {
        let start = clock.now
        var standing = Standing()
        var cursor: StorePage.Cursor?
        do throws(StoreError) {
            repeat {
                let page = try await tables[index].store.circuits(after: cursor, consistent: false)
                let now = clock.now
                for (id, record) in page.circuits {
                    if let circuit = CircuitSummary(id, record, at: now) { see(circuit, in: index) }
                }
                standing.unreadable = Array((standing.unreadable + page.unreadable).prefix(100))
                standing.strangers += page.strangers
                standing.units = page.readUnits.flatMap { units in standing.units.map { $0 + units } }
                cursor = page.next
                if cursor != nil { try? await clock.sleep(for: Self.pause) }
            } while cursor != nil && isWatched && !Task.isCancelled
            // A pass that was broken off has not seen all.
            guard cursor == nil else { return }
            for (key, row) in rows where row.pass != pass && key.hasPrefix("\(index)/") { lose(key) }
            standing.readAt = clock.now
            standing.duration = clock.now.since(start)
        } catch {
            standing = standings[index]
            standing.problem = error.message
        }
        standings[index] = standing
    }

    private func see(_ circuit: CircuitSummary, in table: Int) {
        let key = Self.key(table, circuit.id)
        let cells = circuit.cells(in: table)
        // A page of a scan may be older than what was read by itself since.
        if let row = rows[key], circuit.record.epoch < row.epoch || circuit.record.orderEpoch < row.orderEpoch, row.olderIn ?? pass == pass {
            rows[key]?.olderIn = pass
            rows[key]?.pass = pass
            return
        }
        guard rows[key]?.cells != cells else {
            rows[key]?.olderIn = nil
            rows[key]?.pass = pass
            return
        }
        revision += 1
        rows[key] = Row(
            cells: cells,
            revision: revision,
            pass: pass,
            epoch: circuit.record.epoch,
            orderEpoch: circuit.record.orderEpoch
        )
    }

    private func lose(_ key: String) {
        rows[key] = nil
        revision += 1
        gone.append((revision, key))
        guard gone.count > Self.mostGone else { return }
        forgotten = gone[gone.count / 2].revision
        gone.removeFirst(gone.count / 2 + 1)
    }

    // A circuit that was just read by itself.
    func note(_ circuit: CircuitSummary?, _ id: String, in table: Int) {
        if let circuit { see(circuit, in: table) } else if rows[Self.key(table, id)] != nil { lose(Self.key(table, id)) }
    }

    // MARK: telling

    // What changed since a revision, in answers so small that a page never stutters over one. Nil starts over.
    func changes(since known: Int?) -> JSON {
        lastAsked = clock.now
        let start = known.flatMap { $0 >= forgotten && $0 <= revision ? $0 : nil }
        var changed = rows.values.filter { $0.revision > start ?? 0 }
        changed.sort { $0.revision < $1.revision }
        let isCut = changed.count > Self.longestAnswer
        changed = Array(changed.prefix(Self.longestAnswer))
        let end = isCut ? changed.last?.revision ?? revision : revision
        return [
            "now": clock.now.json, "whole": .bool(start == nil), "revision": .number(.init(end)), "more": .bool(isCut),
            "rows": .array(changed.map(\.cells)),
            "gone": .array(gone.filter { $0.revision > start ?? revision && $0.revision <= end }.map { .string($0.key) }),
            "tables": .array(tables.indices.map { describe($0) }), "cost": cost,
        ]
    }

    private func describe(_ index: Int) -> JSON {
        let standing = standings[index]
        return [
            "name": .string(tables[index].name), "problem": standing.problem.map { .string($0) } ?? .null,
            "readAt": standing.readAt?.json ?? .null, "others": .number(.init(standing.strangers)),
            "unreadable": .array(standing.unreadable.map { .string($0) }),
        ]
    }

    // By the last pass; null where the service does not say what it cost.
    private var cost: JSON {
        let units = standings.reduce(Double?.some(0)) { sum, standing in sum.flatMap { sum in standing.units.map { sum + $0 } } }
        guard let units, standings.allSatisfy({ $0.readAt != nil }) else { return .null }
        let between = max(refresh.milliseconds, standings.reduce(0) { $0 + $1.duration })
        let hourly = units * 3_600_000 / Double(max(1, between))
        return [
            "everySeconds": .number(.init(between / 1000)), "unitsPerHour": .number(.init(Int(hourly.rounded(.up)))),
            "dollarsPerHour": .string("\(hourly * Price.millionReadUnits / 1_000_000)"),
        ]
    }
}

// Reads while the server runs.
struct TablesReading: Service {
    let tables: CircuitTables

    func run() async throws {
        await cancelWhenGracefulShutdown { await tables.read() }
    }
}

extension CircuitSummary {
    // By place, since there are many: table, id, state, since, next attempt, failures, calls, order, its end, why, badness.
    func cells(in table: Int) -> JSON {
        [
            .number(.init(table)), .string(id), .string(state.rawValue), since.json, nextAttempt?.json ?? .null,
            .number(.init(window.failures)), .number(.init(window.calls)), order.map { .string($0.kind.rawValue) } ?? .null,
            order?.until?.json ?? .null, .string(why), .string(badness),
        ]
    }
}
