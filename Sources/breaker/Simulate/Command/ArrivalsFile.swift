//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// Arrivals from a CSV file: in each line a moment in seconds since the start and a number of calls (one, if there is none).
struct ArrivalsFile {
    let path: String

    func read() throws -> Arrivals {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw CommandFailure("the file '\(path)' of arrivals cannot be read", status: CommandFailure.usage)
        }
        do throws(SimulationError) {
            return .listed(try Self.moments(in: String(decoding: data, as: UTF8.self)))
        } catch {
            throw CommandFailure("the file '\(path)': \(error)", status: CommandFailure.usage)
        }
    }

    static func moments(in text: String) throws(SimulationError) -> [Arrivals.Moment] {
        var moments: [Arrivals.Moment] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " && $0 != "\t" && $0 != "\"" } }
            if fields == [""] || line.first == "#" { continue }
            // A first line of names.
            if moments.isEmpty, fields[0].first?.isLetter == true { continue }
            let problem = { (problem: String) in SimulationError.arrivals(line: index + 1, text: String(line.prefix(40)), problem: problem) }
            guard fields.count <= 2 else { throw problem("must be a time in seconds and a number of calls") }
            guard let time = Double(fields[0]), time >= 0, time <= 86_400 else { throw problem("the time must be from 0 to 86400 seconds") }
            guard let calls = fields.count == 2 ? Int(fields[1]) : 1, (0...10_000_000).contains(calls) else {
                throw problem("the number of calls must be a whole number, from 0 to 10000000")
            }
            moments.append(.init(time: Milliseconds((time * 1000).rounded()), calls: calls))
        }
        guard !moments.isEmpty else { throw .arrivals(line: 1, text: String(text.prefix(40)), problem: "there are no arrivals in it") }
        return moments
    }
}
