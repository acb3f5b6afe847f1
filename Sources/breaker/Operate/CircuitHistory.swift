//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

// A record's history, with the changes in it that somebody else has made.
struct CircuitHistory {
    enum Line {
        case entry(HistoryEntry)
        // Somewhere between two entries.
        case edit(from: CircuitState, to: CircuitState)
        // By itself; the fence that gave it.
        case ended(CircuitOrder, given: Epoch)
    }

    let lines: [Line]

    init(_ circuit: CircuitSummary) {
        let entries = circuit.record.history
        var lines: [Line] = []
        var last: CircuitState?
        for entry in entries {
            if case .changed(let from, let to, _, _) = entry.event {
                if let last, let from, from != last { lines.append(.edit(from: last, to: from)) }
                last = to
            }
            if let (order, given) = entries.expiredOrder(liftedBy: entry) {
                lines.append(.ended(order, given: given))
                if case .lifted(let by, let why) = entry.event, by.isEmpty, why.isEmpty { continue }
            }
            lines.append(.entry(entry))
        }
        // Nobody has taken it out of the record yet.
        if circuit.order == nil, let order = circuit.record.order { lines.append(.ended(order, given: circuit.record.orderEpoch)) }
        self.lines = lines
    }

    var json: JSON { .array(lines.map(\.json)) }

    var text: String { lines.isEmpty ? "no history" : Columns.text(lines.map(\.cells)) }
}

extension CircuitHistory.Line {
    var json: JSON {
        switch self {
        case .entry(let entry): entry.json
        case .edit(let from, let to): ["event": "edited", "from": .string(from.rawValue), "to": .string(to.rawValue)]
        case .ended(let order, _): ["event": "ended", "time": order.until?.json ?? .null, "order": order.json]
        }
    }

    var cells: [String] {
        switch self {
        case .edit(let from, let to): ["", "\(from.rawValue) -> \(to.rawValue)", "set by somebody else"]
        case .ended(let order, _): [order.until?.date ?? "-", "\(order.kind.rawValue) has ended", ""]
        case .entry(let entry):
            switch entry.event {
            case .changed(let from, let to, let reason, let environment):
                [entry.date, "\(from?.rawValue ?? "?") -> \(to.rawValue)", "\(reason); by \(environment.rawValue)"]
            case .ordered(let order):
                [entry.date, order.kind.rawValue, order.terms(at: entry.time)]
            case .lifted(let by, let why):
                [entry.date, "order lifted", [by.isEmpty ? "" : "by \(by)", why].filter { !$0.isEmpty }.joined(separator: ": ")]
            }
        }
    }
}

extension HistoryEntry {
    fileprivate var date: String { time.date ?? "-" }
}
