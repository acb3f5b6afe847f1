//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// The measures of all algorithms for a terminal; in several blocks if it is narrow.
struct TextTable {
    struct Column {
        var heading: [String]
        var cells: [String]
        var isBest: [Bool]

        // A mark follows each number.
        var width: Int { (heading + cells).map(\.count).max() ?? 0 }
    }

    let names: [String]
    let columns: [Column]

    init(_ comparison: Comparison) {
        names = comparison.runs.map(\.title)
        columns = Measure.shown(for: comparison).map { measure in
            let best = measure.best(of: comparison.runs)
            return Column(
                heading: measure.heading,
                cells: comparison.runs.map { measure.text(of: $0) },
                isBest: comparison.runs.map { best.contains($0.algorithm) }
            )
        }
    }

    func text(width: Int?, isColored: Bool) -> String {
        blocks(width ?? .max).map { block($0, isColored) }.joined(separator: "\n\n")
    }

    private var nameWidth: Int { (names + ["algorithm"]).map(\.count).max() ?? 0 }

    private func blocks(_ width: Int) -> [ArraySlice<Column>] {
        var blocks: [ArraySlice<Column>] = []
        var start = 0
        var used = nameWidth
        for index in columns.indices {
            let needed = columns[index].width + 3
            if used + needed > width, index > start {
                blocks.append(columns[start..<index])
                start = index
                used = nameWidth
            }
            used += needed
        }
        blocks.append(columns[start...])
        return blocks
    }

    private func block(_ columns: ArraySlice<Column>, _ isColored: Bool) -> String {
        let height = columns.map(\.heading.count).max() ?? 1
        let heads = (0..<height).map { line in
            let name = line == height - 1 ? "algorithm" : ""
            let cells = columns.map { column in
                let text = line - (height - column.heading.count)
                return pad(text >= 0 ? column.heading[text] : "", column.width) + " "
            }
            return ([name + spaces(nameWidth - name.count)] + cells).joined(separator: "  ")
        }
        let rows = names.indices.map { row in
            let cells = columns.map { column in
                let text = pad(column.cells[row], column.width) + (column.isBest[row] ? "*" : " ")
                return column.isBest[row] && isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text
            }
            return ([names[row] + spaces(nameWidth - names[row].count)] + cells).joined(separator: "  ")
        }
        return (heads + rows).map { line in String(line.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
    }

    private func pad(_ text: String, _ width: Int) -> String {
        spaces(width - text.count) + text
    }

    private func spaces(_ count: Int) -> String {
        String(repeating: " ", count: max(0, count))
    }
}
