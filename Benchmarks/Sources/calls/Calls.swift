//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Workloads

// calls: what each kind of call costs over the bare one, with one thread and with two, as a table.
// calls NAME COUNT: makes that many calls of one kind, for tools that count a process's allocations or instructions.
@main
struct Calls {
    static let rounds = 9

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first else { return try await Task.detached { try await table() }.value }
        guard arguments.count == 2, let count = Int(CommandLine.arguments[2]), count > 0,
            let workload = (Workload.all + Workload.bases.values).first(where: { $0.name == name })
        else {
            print("usage: calls [NAME COUNT]; a name is one of:")
            for workload in Workload.all + Workload.bases.values { print("  \"\(workload.name)\"") }
            return
        }
        try await Task.detached { await (try workload.prepare())(count) }.value
    }

    static func table() async throws {
        var bases: [Workload.Base: Double] = [:]
        for (base, workload) in Workload.bases { bases[base] = try await nanoseconds(workload, threads: 1) }
        print("| call | over the bare call | at most | two threads, each | of one thread |")
        print("|---|---|---|---|---|")
        for workload in Workload.all {
            let base = bases[workload.base] ?? 0
            let one = try await nanoseconds(workload, threads: 1)
            let two = try await nanoseconds(workload, threads: 2)
            let target = workload.target.map { text($0) } ?? ""
            print("| `\(workload.name)` | \(text(one - base)) | \(target) | \(text(two - base)) | \(hundredths(two / one)) × |")
        }
        for (base, cost) in bases { print("\(base.rawValue): \(text(cost))") }
    }

    // Of a call, the median of some rounds; on each of several threads at once.
    static func nanoseconds(_ workload: Workload, threads: Int) async throws -> Double {
        let calls = try await workload.prepare()
        await calls(workload.count / 10)
        var costs: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            await withDiscardingTaskGroup { group in
                for _ in 1..<threads { group.addTask { await calls(workload.count) } }
                await calls(workload.count)
            }
            let took = start.duration(to: .now)
            costs.append((Double(took.components.seconds) * 1e9 + Double(took.components.attoseconds) / 1e9) / Double(workload.count))
        }
        return costs.sorted()[rounds / 2]
    }

    static func hundredths(_ number: Double) -> Double { (number * 100).rounded() / 100 }

    static func text(_ nanoseconds: Double) -> String {
        nanoseconds >= 100_000
            ? "\(hundredths(nanoseconds / 1e6)) ms"
            : nanoseconds >= 1000 ? "\(hundredths(nanoseconds / 1000)) µs" : "\(Int(nanoseconds.rounded())) ns"
    }
}
