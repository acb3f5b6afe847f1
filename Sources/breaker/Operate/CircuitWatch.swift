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
        case history(CircuitHistory.Line, at: Timestamp)
        // By somebody who keeps no history.
        case changed(from: CircuitState, CircuitSummary)
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
        // The fence of the last order that ended by itself.
        var ended: Epoch

        init(_ circuit: CircuitSummary, _ lines: [CircuitHistory.Line]) {
            changes = circuit.record.epoch
            orders = circuit.record.orderEpoch
            state = circuit.stateWithoutOrder
            ended = lines.compactMap { line in if case .ended(_, let given) = line { given } else { nil } }.max() ?? .zero
        }
    }

    private var seen: [String: Seen] = [:]

    mutating func look(at circuit: CircuitSummary) -> [Line] {
        let history = CircuitHistory(circuit).lines
        defer { seen[circuit.id] = Seen(circuit, history) }
        guard let before = seen[circuit.id] else { return [Line(id: circuit.id, news: .standing(circuit))] }
        var news: [News] = []
        var state = before.state
        for line in history {
            switch line {
            case .entry(let entry) where entry.epoch > (entry.isOrder ? before.orders : before.changes):
                news.append(.history(line, at: entry.time))
                if case .changed(_, let to, _, _) = entry.event { state = to }
            case .ended(let order, let given) where given > before.ended: news.append(.history(line, at: order.until ?? .zero))
            case .entry, .ended, .edit: break
            }
        }
        if state != circuit.stateWithoutOrder { news.append(.changed(from: state, circuit)) }
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
            let why = circuit.order?.decidingState == nil && !circuit.why.isEmpty ? ": \(circuit.why)" : ""
            return line(circuit.now, "is \(circuit.state.rawValue)\(order)\(why)")
        case .history(let entry, let time):
            let cells = entry.cells
            return line(time, cells[2].isEmpty ? cells[1] : "\(cells[1]) \(cells[2])")
        case .changed(let from, let circuit):
            let why = circuit.whyWithoutOrder
            return line(circuit.sinceWithoutOrder, "\(from.rawValue) -> \(circuit.stateWithoutOrder.rawValue)\(why.isEmpty ? "" : " \(why)")")
        case .gone(let now): return line(now, "has no record any more")
        }
    }

    private func line(_ time: Timestamp, _ words: String) -> String { "\(time.date ?? "-")  \(id)  \(words)" }

    var json: JSON {
        var members: [String: JSON]
        switch news {
        case .standing(let circuit): members = ["event": "standing", "time": circuit.now.json, "circuit": circuit.json]
        case .history(let entry, _): members = entry.json.object ?? [:]
        case .changed(let from, let circuit):
            members = [
                "event": "edited", "time": circuit.sinceWithoutOrder.json, "from": .string(from.rawValue),
                "to": .string(circuit.stateWithoutOrder.rawValue),
            ]
        case .gone(let now): members = ["event": "gone", "time": now.json]
        }
        members["id"] = .string(id)
        return .object(members)
    }
}
