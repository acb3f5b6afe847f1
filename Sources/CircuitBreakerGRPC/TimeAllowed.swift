//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import GRPCCore

// How much time the caller gave a call, as gRPC tells the server.
struct TimeAllowed: Sendable {
    private let start = ContinuousClock.now
    private let limit: Duration?
    private let minimum: Duration

    init(_ metadata: Metadata, minimum: Duration) {
        limit = metadata[stringValues: "grpc-timeout"].first { _ in true }.flatMap(Self.duration)
        self.minimum = minimum
    }

    var elapsed: Duration { ContinuousClock.now - start }

    // A call that is cancelled after nine tenths of its time has timed out: gRPC's own timer began before this one, by the time that it took to connect.
    var isOver: Bool { limit.map { elapsed >= $0 * 9 / 10 } ?? false }

    // Too little time to say anything of the service.
    var isBrief: Bool { limit.map { $0 < minimum } ?? false }

    var verdict: CircuitBreaker.Verdict { isBrief ? .ignored : .failure() }

    // At most eight digits and a unit.
    static func duration(_ text: String) -> Duration? {
        guard let unit = text.last, text.utf8.count <= 9, let number = Int64(text.dropLast()), number >= 0 else { return nil }
        return switch unit {
        case "H": .seconds(number * 3600)
        case "M": .seconds(number * 60)
        case "S": .seconds(number)
        case "m": .milliseconds(number)
        case "u": .microseconds(number)
        case "n": .nanoseconds(number)
        default: nil
        }
    }
}
