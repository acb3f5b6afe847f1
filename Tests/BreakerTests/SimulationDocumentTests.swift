//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator
import Foundation
import Testing

@testable import breaker

// What `--json` prints is what the article says.
@Suite(.timeLimit(.minutes(2))) struct SimulationDocumentTests {
    private static let article = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/CircuitBreaker/Documentation.docc/FleetsMeasured.md")

    // The names in the first column of the table under a heading; those with a question mark may be absent.
    private static func documented(_ heading: String) throws -> (all: Set<String>, optional: Set<String>) {
        let text = try String(contentsOf: article, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n### \(heading)\n").dropFirst().first?.components(separatedBy: "\n#").first)
        let cells = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { $0.split(separator: "|")[0] }
        let names = cells.flatMap { $0.split(separator: "`").filter { $0 != " " && $0 != ", " }.map { $0.filter { $0 != " " } } }
        let optional = names.filter { $0.hasSuffix("?") }.map { String($0.dropLast()) }
        return (Set(names.map { $0.filter { $0 != "?" } }), Set(optional))
    }

    private static func members(_ value: Any?) throws -> Set<String> {
        Set(try #require(value as? [String: Any]).keys)
    }

    @Test func membersAreTheArticles() throws {
        let comparison = try SimulationReportTests.comparison()
        let text = try SimulationDocument(comparison, command: "breaker simulate").json()
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let top = try Self.documented("The document")
        #expect(try Self.members(document) == top.all)
        #expect(document["format"] as? Int == SimulationDocument.currentFormat)
        let runs = try #require(document["runs"] as? [[String: Any]])
        #expect(runs.compactMap { $0["algorithm"] as? String } == Algorithm.allCases.map(\.rawValue))
        let run = try Self.documented("A run")
        let figures = try Self.documented("A run's figures")
        let second = try Self.documented("A second")
        var seen: Set<String> = []
        for item in runs {
            #expect(try Self.members(item) == run.all)
            let members = try Self.members(item["figures"])
            #expect(members.isSubset(of: figures.all) && members.isSuperset(of: figures.all.subtracting(figures.optional)))
            seen.formUnion(members)
            let seconds = try #require(item["seconds"] as? [[String: Any]])
            #expect(seconds.count == 90)
            for item in seconds { #expect(Set(item.keys) == second.all) }
        }
        // Whether all is well at the end depends on chance.
        #expect(seen.union(["timeUntilWell"]) == figures.all, "\(figures.all.symmetricDifference(seen)) are in the article alone")
        #expect(try Self.members(document["scenario"]) == Self.documented("A scenario").all)
        let circuit = try Self.members((document["scenario"] as? [String: Any])?["circuit"])
        let circuits = try Self.documented("Its circuits")
        #expect(circuit.isSubset(of: circuits.all) && circuit.isSuperset(of: circuits.all.subtracting(circuits.optional)))
    }

    @Test func isReadBackAsItWas() throws {
        let comparison = try SimulationReportTests.comparison({
            $0.downstream.phases.append(.init(.failing(share: 0.3), from: 60_000, until: 70_000))
        })
        let text = try SimulationDocument(comparison, command: "breaker simulate").json()
        let document = try JSONDecoder().decode(SimulationDocument.self, from: Data(text.utf8))
        #expect(document.scenario == comparison.scenario && document.runs == comparison.runs)
        #expect(try SimulationDocument(comparison, command: "breaker simulate").json() == text)
    }
}
