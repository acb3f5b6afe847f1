//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

// What made a call a failure, for the record's evidence.
@usableFromInline
enum FailureCause: Equatable, Sendable {
    case thrown(any Error.Type)
    case result
    case timeLimit
    case unnamed

    var name: String {
        switch self {
        case .thrown(let type): "\(type)"
        case .result: "result judged a failure"
        case .timeLimit: "time limit"
        case .unnamed: "failure without an error"
        }
    }

    @usableFromInline
    static func == (first: Self, second: Self) -> Bool {
        switch (first, second) {
        case (.thrown(let first), .thrown(let second)): first == second
        case (.result, .result), (.timeLimit, .timeLimit), (.unnamed, .unnamed): true
        case (.thrown, _), (.result, _), (.timeLimit, _), (.unnamed, _): false
        }
    }
}
