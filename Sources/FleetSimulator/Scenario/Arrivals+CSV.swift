//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension Arrivals {
    /// Reads arrivals from text: a line for each moment, `milliseconds` or `milliseconds,calls`, in any order.
    ///
    /// Empty lines, lines that begin with `#`, and a first line of names are passed over.
    /// - Parameter csv: the text.
    /// - Throws: ``SimulationError/arrivals(line:text:problem:)`` that names the line.
    public init(csv: String) throws(SimulationError) {
        var moments: [Moment] = []
        var number = 0
        for line in csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let text = line.drop { $0.isWhitespace }
            if text.isEmpty || text.hasPrefix("#") { continue }
            if number == 1, text.first?.isLetter == true { continue }
            let fields = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.filter { !$0.isWhitespace }) }
            func wrong(_ problem: String) -> SimulationError { .arrivals(line: number, text: String(line.prefix(60)), problem: problem) }
            guard fields.count <= 2 else { throw wrong("\(fields.count) fields; one or two are allowed: milliseconds,calls") }
            guard let time = Milliseconds(fields[0]), (0...86_400_000).contains(time) else {
                throw wrong("'\(fields[0].prefix(30))' is no time; allowed: whole milliseconds from 0 to 86400000")
            }
            var calls = 1
            if fields.count == 2 {
                guard let count = Int(fields[1]), (0...1_000_000).contains(count) else {
                    throw wrong("'\(fields[1].prefix(30))' is no number of calls; allowed: 0 to 1000000")
                }
                calls = count
            }
            moments.append(Moment(time: time, calls: calls))
        }
        guard !moments.isEmpty else { throw .arrivals(line: number, text: "", problem: "the file has no arrivals") }
        self = .listed(moments)
    }
}
