//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
package import CircuitBreaker

// A reason as a list: its name, then its numbers or texts.
extension ChangeReason {
    var value: JSON {
        switch self {
        case .failures(let count, let threshold, let within, let calls):
            .list([.text("failures"), .count(count), .count(threshold), .count(within.milliseconds)] + (calls.map { [.count($0)] } ?? []))
        case .consecutiveFailures(let count, let threshold): .list([.text("consecutive"), .count(count), .count(threshold)])
        case .failureRate(let failures, let calls, let threshold):
            .list([.text("rate"), .count(failures), .count(calls), .text("\(threshold)")])
        case .slowCallRate(let slowCalls, let calls, let threshold):
            .list([.text("slow"), .count(slowCalls), .count(calls), .text("\(threshold)")])
        case .nextAttemptDue: .list([.text("due")])
        case .probesSucceeded(let count): .list([.text("succeeded"), .count(count)])
        case .probeFailed(let consecutiveOpens): .list([.text("failed"), .count(consecutiveOpens)])
        case .probesLost(let count): .list([.text("lost"), .count(count)])
        case .ordered(let by, let why): .list([.text("ordered"), .text(by), .text(why)])
        case .adopted: .list([.text("adopted")])
        case .putBack: .list([.text("putBack")])
        }
    }

    package var name: String { value.list?.first?.text ?? "" }

    // Nil for what a later version may write: nothing is decided by a reason.
    init?(value: JSON) {
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
