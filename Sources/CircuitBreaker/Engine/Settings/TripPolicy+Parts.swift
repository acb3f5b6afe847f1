//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A policy's parts side by side, as settings give them one by one. A part that the policy's kind does not have keeps its default, whatever it is set to.
extension TripPolicy {
    package enum Kind: String, CaseIterable, Codable, Sendable {
        case failures
        case consecutiveFailures
        case failureRate
    }

    package static let defaultThreshold = 5
    package static let defaultShare = 0.2
    package static let defaultRate = 0.5
    package static let defaultMinimumCalls = 20

    package var kind: Kind {
        get {
            switch rule {
            case .failures: .failures
            case .consecutiveFailures: .consecutiveFailures
            case .failureRate: .failureRate
            }
        }
        set {
            guard newValue != kind else { return }
            rule =
                switch newValue {
                case .failures: .failures(threshold, share: share)
                case .consecutiveFailures: .consecutiveFailures(threshold)
                case .failureRate: .failureRate(Self.defaultRate, minimumCalls: Self.defaultMinimumCalls)
                }
        }
    }

    // The same for one environment that has nobody else's calls to go by; nil: it takes as much.
    func alone(_ failures: Int) -> TripPolicy? {
        var policy = self
        switch rule {
        case .failures(let count, let share):
            guard failures < count else { return nil }
            policy.rule = .failures(failures, share: share)
        case .consecutiveFailures(let count):
            guard failures < count else { return nil }
            policy.rule = .consecutiveFailures(failures)
        case .failureRate(let rate, let minimumCalls):
            guard failures < minimumCalls else { return nil }
            policy.rule = .failures(failures, share: rate)
        }
        return policy
    }

    package var threshold: Int {
        get {
            switch rule {
            case .failures(let count, _), .consecutiveFailures(let count): count
            case .failureRate: Self.defaultThreshold
            }
        }
        set {
            switch rule {
            case .failures(_, let share): rule = .failures(newValue, share: share)
            case .consecutiveFailures: rule = .consecutiveFailures(newValue)
            case .failureRate: break
            }
        }
    }

    // The share of calls that must have failed beside the count of failures.
    package var share: Double {
        get { if case .failures(_, let share) = rule { share } else { Self.defaultShare } }
        set { if case .failures(let count, _) = rule { rule = .failures(count, share: newValue) } }
    }

    package var rate: Double {
        get { if case .failureRate(let rate, _) = rule { rate } else { Self.defaultRate } }
        set { if case .failureRate = rule { rule = .failureRate(newValue, minimumCalls: minimumCalls) } }
    }

    package var minimumCalls: Int {
        get { if case .failureRate(_, let minimumCalls) = rule { minimumCalls } else { Self.defaultMinimumCalls } }
        set { if case .failureRate = rule { rule = .failureRate(rate, minimumCalls: newValue) } }
    }

    package var slowCallRate: Double? {
        get { slow?.rate }
        set {
            guard let newValue else { return slow = nil }
            slow = SlowCalls(rate: newValue, limit: slowCallDuration ?? .zero, minimumCalls: slowCallMinimumCalls)
        }
    }

    package var slowCallDuration: Duration? {
        get { slow?.limit }
        set { if let newValue { slow?.limit = newValue } else { slow = nil } }
    }

    package var slowCallMinimumCalls: Int {
        get { slow?.minimumCalls ?? Self.defaultMinimumCalls }
        set { slow?.minimumCalls = newValue }
    }
}
