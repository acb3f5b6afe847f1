//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What a small fleet does by a rule that no invariant names: without it the circuit opens without need, or late, or writes more than it must.
package struct Property: Sendable, CustomStringConvertible {
    package let name: String
    // What is to be said against it; nil: it holds.
    package let problem: @Sendable () -> String?

    package var description: String { name }

    init(_ name: String, _ problem: @escaping @Sendable () -> String?) {
        self.name = name
        self.problem = problem
    }

    package static let all = counting + verdicts + alone

    package static func named(_ name: String) -> Property? {
        all.first { $0.name == name }
    }
}
