//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A reason as a list: its name, then its numbers or texts.
extension ChangeReason {
    package func stored<Value: StoredValue>(as type: Value.Type = Value.self) -> Value {
        let details: [Value] =
            switch self {
            case .failures(let count, let threshold, let within, let calls):
                [.count(count), .count(threshold), .count(within.milliseconds)] + (calls.map { [.count($0)] } ?? [])
            case .consecutiveFailures(let count, let threshold): [.count(count), .count(threshold)]
            case .failureRate(let failures, let calls, let threshold): [.count(failures), .count(calls), .text("\(threshold)")]
            case .slowCallRate(let slowCalls, let calls, let threshold): [.count(slowCalls), .count(calls), .text("\(threshold)")]
            case .probesSucceeded(let count), .probeFailed(let count), .probesLost(let count): [.count(count)]
            case .ordered(let by, let why): [.text(by), .text(why)]
            case .nextAttemptDue, .adopted, .putBack: []
            }
        return .list([.text(name)] + details)
    }

    package var name: String {
        switch self {
        case .failures: "failures"
        case .consecutiveFailures: "consecutive"
        case .failureRate: "rate"
        case .slowCallRate: "slow"
        case .nextAttemptDue: "due"
        case .probesSucceeded: "succeeded"
        case .probeFailed: "failed"
        case .probesLost: "lost"
        case .ordered: "ordered"
        case .adopted: "adopted"
        case .putBack: "putBack"
        }
    }

    // Nil for what a later version may write: nothing is decided by a reason.
    package init?(value: some StoredValue) {
        guard let elements = value.list, let name = elements.first?.text else { return nil }
        func count(_ index: Int) -> Int? { index < elements.count ? elements[index].nearestCount : nil }
        func text(_ index: Int) -> String? { index < elements.count ? elements[index].text : nil }
        let share = text(3).flatMap { Double($0) }
        switch (name, count(1), count(2)) {
        case ("failures", let failures?, let threshold?):
            guard elements.count > 3, let within = elements[3].nearestNumber else { return nil }
            self = .failures(count: failures, threshold: threshold, within: .milliseconds(within), calls: count(4))
        case ("consecutive", let failures?, let threshold?): self = .consecutiveFailures(count: failures, threshold: threshold)
        case ("rate", let failures?, let calls?):
            guard let share else { return nil }
            self = .failureRate(failures: failures, calls: calls, threshold: share)
        case ("slow", let slowCalls?, let calls?):
            guard let share else { return nil }
            self = .slowCallRate(slowCalls: slowCalls, calls: calls, threshold: share)
        case ("due", _, _): self = .nextAttemptDue
        case ("succeeded", let number?, _): self = .probesSucceeded(count: number)
        case ("failed", let number?, _): self = .probeFailed(consecutiveOpens: number)
        case ("lost", let number?, _): self = .probesLost(count: number)
        case ("ordered", _, _):
            guard let by = text(1), let why = text(2) else { return nil }
            self = .ordered(by: by.shortenedAsOrder, why: why.shortenedAsOrder)
        case ("adopted", _, _): self = .adopted
        case ("putBack", _, _): self = .putBack
        default: return nil
        }
    }
}
