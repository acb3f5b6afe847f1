//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker
import SafeText

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch circuits live: a table on a terminal, otherwise each change as a line.",
        discussion: """
            Without ids: all circuits of the table that are not CLOSED, are under an order, or change. What happened between two looks is shown too, as far as the \
            record remembers it. Needs the action dynamodb:GetItem on the table; without ids, dynamodb:Scan. Ctrl-C ends it.

            EXAMPLES:
              breaker watch payments --table circuits
              breaker watch --table circuits --json
            """
    )

    @Argument(help: "The circuits' ids; without any, all of the table.")
    var ids: [String] = []

    @OptionGroup var options: StoreOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often to look. (default: 2s; all of a table: 15s)", valueName: "time"),
        transform: Arguments.duration()
    )
    var every: Duration?

    @Flag(help: "Print lines on a terminal too, instead of a table.")
    var lines = false

    @Flag(help: "Print one JSON object per line, with times in milliseconds since 1970.")
    var json = false

    func validate() throws {
        try Arguments.asUsage {
            for id in ids { try CircuitBreaker.validate(id: id) }
        }
    }

    func run() async throws {
        let interval = every ?? (ids.isEmpty ? .seconds(15) : .seconds(2))
        let isTable = !lines && !json && Terminal.output.isTerminal
        try await options.withStore { store, place in
            var watch = CircuitWatch()
            var isFirst = true
            var problem: String?
            while true {
                let start = ContinuousClock.now
                do {
                    let circuits = ids.isEmpty ? try await all(in: store) : try await named(in: store, place, mustExist: isFirst)
                    let now = WallClock().now
                    if isTable {
                        draw(circuits, of: place.name, at: now)
                    } else {
                        write(&watch, circuits, at: now)
                    }
                    (isFirst, problem) = (false, nil)
                } catch let error as StoreError where !isFirst {
                    // The store may be back; what is wrong is said once.
                    if problem != error.message { Output.writeError("breaker: \(error.message.escaped)") }
                    problem = error.message
                }
                try await Task.sleep(until: start + interval, clock: .continuous)
            }
        }
    }

    private func named(in store: any OperatedStore, _ place: StorePlace, mustExist: Bool) async throws -> [CircuitSummary] {
        var circuits: [CircuitSummary] = []
        for id in ids {
            let circuit = mustExist ? try await store.existing(id, in: place) : try await store.summary(of: id)
            if let circuit { circuits.append(circuit) }
        }
        return circuits
    }

    private func all(in store: any OperatedStore) async throws(StoreError) -> [CircuitSummary] {
        var circuits: [String: CircuitSummary] = [:]
        try await store.pages(consistent: false) { page in
            let now = WallClock().now
            for (id, record) in page.circuits { circuits[id] = CircuitSummary(id, record, at: now) }
        }
        return Array(circuits.values)
    }

    private func write(_ watch: inout CircuitWatch, _ circuits: [CircuitSummary], at now: Timestamp) {
        var news: [CircuitWatch.Line] = []
        for circuit in circuits.sorted(by: { $0.isWorse(than: $1) }) { news += watch.look(at: circuit) }
        news += watch.forget(allBut: Set(circuits.map(\.id)), at: now)
        for line in news where !ids.isEmpty || !line.isQuiet { Output.write(json ? "\(line.json)" : line.text.escaped) }
    }

    private func draw(_ circuits: [CircuitSummary], of table: String, at now: Timestamp) {
        let open = circuits.count { $0.state == .open }
        let half = circuits.count { $0.state == .halfOpen }
        let title = "\(table) at \(now.date ?? "-"): \(open) open, \(half) half-open, \(circuits.count - open - half) closed; Ctrl-C ends"
        let shown = circuits.sorted { $0.isWorse(than: $1) }.prefix(Terminal.output.height.map { max(1, $0 - 4) } ?? 20)
        let rest = circuits.count - shown.count
        var lines = [title.escaped, ""] + ListCommand.text(Array(shown)).split(separator: "\n").map(String.init)
        if rest > 0 { lines.append("and \(rest) more") }
        if let width = Terminal.output.width { lines = lines.map { String($0.prefix(width)) } }
        // From the top; what was longer before is cleared.
        Output.writeStyled("\u{1B}[H\u{1B}[2J" + lines.joined(separator: "\n"))
    }
}
