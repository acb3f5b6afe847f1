//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import AWSClient
import CircuitBreaker
import SafeText

// Items with the id of a circuit that another program wrote for another purpose.
extension Item {
    package enum Stranger: Hashable {
        case powertools
        // What it has beside its id.
        case unknown([String])
    }

    // Each item of a circuit has one of these: both this library and circuitbreaker-lambda write all eight of the latter's.
    static let marks = Attribute.shared + [Attribute.epoch]

    // Powertools for AWS Lambda (Python) writes both of these each time, and into an item of ours too if it finds one.
    static let powertoolsMarks = ["state", "failure_count"]

    // Nil for a circuit of ours or of circuitbreaker-lambda.
    package var stranger: Stranger? {
        if Self.powertoolsMarks.allSatisfy({ attributes[$0] != nil }) { return .powertools }
        guard !Self.marks.contains(where: { attributes[$0] != nil }) else { return nil }
        return .unknown(attributes.keys.filter { $0 != Attribute.id }.sorted())
    }

    func requireCircuit(_ id: String, table: String) throws(StoreError) {
        guard let stranger else { return }
        let item = "the item '\(id)' of the table '\(table)'"
        let fix = "it was left as it is; give the circuit another name, or circuits a table of their own"
        switch stranger {
        case .powertools:
            let marks = "'\(Self.powertoolsMarks[0])' and '\(Self.powertoolsMarks[1])'"
            throw StoreError(
                .unreadable,
                "\(item) is a circuit of Powertools for AWS Lambda, as its attributes \(marks) show: \(fix)",
                mayHaveBeenApplied: false
            )
        case .unknown(let names):
            let what = names.isEmpty ? "nothing but its id" : "'" + names.prefix(3).map(\.printable).joined(separator: "', '") + "'"
            throw StoreError(
                .unreadable,
                "\(item) is neither a circuit of this library nor one of circuitbreaker-lambda, since it has \(what): \(fix)",
                mayHaveBeenApplied: false
            )
        }
    }
}
