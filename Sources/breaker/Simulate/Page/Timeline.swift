//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// The x axis of all charts. The seconds of a long run are drawn several to a point, so that the page stays small.
struct Timeline {
    static let mostPoints = 600

    // Of the run.
    let seconds: Int
    // Of a point.
    let width: Int

    init(_ duration: Milliseconds) {
        seconds = max(1, Int((duration + 999) / 1000))
        width = (seconds + Self.mostPoints - 1) / Self.mostPoints
    }

    var points: Int { (seconds + width - 1) / width }

    func mean(_ run: Run, _ value: (Second) -> Double) -> [Double] {
        slices(of: run).map { slice in slice.isEmpty ? 0 : slice.reduce(0) { $0 + value($1) } / Double(slice.count) }
    }

    func peak(_ run: Run, _ value: (Second) -> Double) -> [Double] {
        slices(of: run).map { slice in slice.map(value).max() ?? 0 }
    }

    func last<Value>(_ run: Run, _ value: (Second) -> Value) -> [Value?] {
        slices(of: run).map { slice in slice.last.map(value) }
    }

    private func slices(of run: Run) -> [ArraySlice<Second>] {
        (0..<points).map { point in
            let start = min(point * width, run.seconds.count)
            return run.seconds[start..<min(start + width, run.seconds.count)]
        }
    }

    // How far right a moment is, of 100.
    func percent(_ time: Milliseconds) -> Double {
        min(100, max(0, Double(time) / Double(seconds * 1000) * 100))
    }

    // Seconds at which the axis says the time: at most eight.
    var ticks: [Int] {
        let steps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400]
        let step = steps.first { seconds / $0 <= 7 } ?? seconds
        return Array(stride(from: 0, through: seconds, by: step))
    }
}
