//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// What the charts show, for the script that tells the numbers under the pointer.
struct ChartData {
    let comparison: Comparison
    let timeline: Timeline

    private static let columns: [(name: String, value: @Sendable (Second) -> Int)] = [
        ("succeeded", { $0.succeeded }), ("failed", { $0.failed }), ("timedOut", { $0.timedOut }), ("lost", { $0.turnedAway + $0.died }),
        ("rejected", { $0.rejected }), ("environments", { $0.environments }), ("seeClosed", { $0.seeClosed }), ("seeOpen", { $0.seeOpen }),
        ("seeHalfOpen", { $0.seeHalfOpen }), ("capacity", { Int($0.capacity) }), ("reads", { $0.reads }), ("writes", { $0.writes }),
        ("throttled", { $0.throttled }),
    ]

    // As JSON that may stand inside a page: it holds no text from outside.
    var json: String {
        let runs = comparison.runs.map { run in
            let columns = Self.columns.map { column in "\"\(column.name)\":\(list(timeline.mean(run) { Double(column.value($0)) }))" }
            let load = "\"load\":\(list(timeline.peak(run) { Double($0.load) }))"
            let states = timeline.last(run, \.record).map { "\(Belief.allCases.firstIndex(of: $0 ?? .unknown) ?? 0)" }.joined(separator: ",")
            return "{" + (columns + [load, "\"record\":[\(states)]"]).joined(separator: ",") + "}"
        }
        return "{\"width\":\(timeline.width),\"seconds\":\(timeline.seconds),\"runs\":[\(runs.joined(separator: ",\n"))]}"
    }

    private func list(_ values: [Double]) -> String {
        "[" + values.map(Shape.number).joined(separator: ",") + "]"
    }
}
