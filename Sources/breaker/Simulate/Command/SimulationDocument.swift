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

// What `--json` prints. The article "Fleets, measured" tells its members; whoever changes one, raises `format`.
struct SimulationDocument: Codable {
    static let currentFormat = 3

    var format = Self.currentFormat
    var command: String
    var scenario: Scenario
    var runs: [Run]

    init(_ comparison: Comparison, command: String) {
        self.command = command
        scenario = comparison.scenario
        runs = comparison.runs
    }

    // The same values give the same bytes.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
