//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

// What is new since circuits were last looked at. The records' histories fill in what happened between two looks.
struct CircuitWatch {
    enum News {
        // When it is first seen.
        case standing(CircuitSummary)
        case entry(HistoryEntry)
        // By somebody who keeps no history.
        case changed(from: CircuitState, CircuitSummary)
        case ended(CircuitOrder)
        case gone(at: Timestamp)
    }

    struct Line {
        let id: String
        let news: News
    }

    private struct Seen {
        var changes: Epoch
        var orders: Epoch
        var state: CircuitState
        var order: CircuitOrder?

        init(_ circuit: CircuitSummary) {
            changes = circuit.record.epoch
            orders = circuit.record.orderEpoch
            state = circuit.state
            order = circuit.order
        }
    }

    private var seen: [String: Seen] = [:]

    mutating func look(at circuit: CircuitSummary) -> [Line] {
        defer { seen[circuit.id] = Seen(circuit) }
        guard let before = seen[circuit.id] else { return [Line(id: circuit.id, news: .standing(circuit))] }
        let entries = circuit.record.history.filter { $0.epoch > ($0.isOrder ? before.orders : before.changes) }
        var news = entries.map { News.entry($0) }
        var state = before.state
        for entry in entries { if case .changed(_, let to, _, _) = entry.event { state = to } }
        if state != circuit.state { news.append(.changed(from: state, circuit)) }
        if let order = before.order, circuit.order == nil, circuit.record.orderEpoch == before.orders { news.append(.ended(order)) }
        return news.map { Line(id: circuit.id, news: $0) }
    }

    // The ids that are there; those that were and are not any more are gone.
    mutating func forget(allBut ids: Set<String>, at now: Timestamp) -> [Line] {
        let gone = seen.keys.filter { !ids.contains($0) }.sorted()
        for id in gone { seen[id] = nil }
        return gone.map { Line(id: $0, news: .gone(at: now)) }
    }
}

extension CircuitWatch.Line {
    var isQuiet: Bool {
        guard case .standing(let circuit) = news else { return false }
        return circuit.state == .closed && circuit.order == nil
    }

    var text: String {
        switch news {
        case .standing(let circuit):
            let order = circuit.order.map { ", \($0.words(at: circuit.now))" } ?? ""
            return line(circuit.now, "is \(circuit.state.rawValue)\(order)\(circuit.why.isEmpty ? "" : ": \(circuit.why)")")
        case .entry(let entry):
            let cells = CircuitHistory.Line.entry(entry).cells
            return line(entry.time, cells[2].isEmpty ? cells[1] : "\(cells[1]) \(cells[2])")
        case .changed(let from, let circuit):
            return line(circuit.since, "\(from.rawValue) -> \(circuit.state.rawValue)\(circuit.why.isEmpty ? "" : " \(circuit.why)")")
        case .ended(let order): return line(order.until ?? .zero, "\(order.kind.rawValue) has ended")
        case .gone(let now): return line(now, "has no record any more")
        }
    }

    private func line(_ time: Timestamp, _ words: String) -> String { "\(time.date ?? "-")  \(id)  \(words)" }

    var json: JSON {
        var members: [String: JSON]
        switch news {
        case .standing(let circuit): members = ["event": "standing", "time": circuit.now.json, "circuit": circuit.json]
        case .entry(let entry): members = entry.json.object ?? [:]
        case .changed(let from, let circuit):
            members = [
                "event": "edited", "time": circuit.since.json, "from": .string(from.rawValue), "to": .string(circuit.state.rawValue),
            ]
        case .ended(let order): members = ["event": "ended", "time": order.until?.json ?? .null, "order": order.json]
        case .gone(let now): members = ["event": "gone", "time": now.json]
        }
        members["id"] = .string(id)
        return .object(members)
    }
}
