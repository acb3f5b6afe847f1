//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LocalFleet
import UnreliableService

// Sums since the server started.
struct StoryTotals: Hashable, Sendable {
    private struct Failure: Hashable {
        var at: Timestamp
        var milliseconds: Int64
    }

    var answers: [ServiceOutcome: Int] = [:]
    var throttled = 0
    var probes = 0
    // Calls that the circuit rejected, those held back by an order not included.
    var saved = 0
    var heldBack = 0
    // What those calls would have waited for, had they ended as the last failures before them did.
    var millisecondsSaved: Int64 = 0
    var storeRequests: [ObservedStore.Verb: Int] = [:]

    private var lastFailures: [Failure] = []
    private static let remembered = 20
    // What a service took for a failure longer ago says nothing of what it would take now.
    private static let lastsFor: Int64 = 120_000

    mutating func add(_ call: FleetCall, isHeldBack: Bool, milliseconds: Int64) {
        guard let outcome = call.outcome else {
            throttled += 1
            return
        }
        answers[outcome, default: 0] += 1
        if call.isProbe { probes += 1 }
        switch outcome {
        case .failed, .timedOut:
            lastFailures.append(Failure(at: call.end, milliseconds: milliseconds))
            if lastFailures.count > Self.remembered { lastFailures.removeFirst() }
        case .rejected where isHeldBack:
            heldBack += 1
        case .rejected:
            saved += 1
            lastFailures.removeAll { call.end.since($0.at) > Self.lastsFor }
            millisecondsSaved += max(0, meanFailure - milliseconds)
        case .success, .unusable, .unused, .refused:
            break
        }
    }

    // How long the last failures took, on average.
    var meanFailure: Int64 {
        lastFailures.isEmpty ? 0 : lastFailures.reduce(0) { $0 + $1.milliseconds } / Int64(lastFailures.count)
    }

    var calls: Int { answers.values.reduce(0, +) }
}
