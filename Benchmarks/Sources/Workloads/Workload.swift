//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Dependency

/// Calls of one kind, made one after the other: what is measured.
public struct Workload: Sendable {
    /// What the cost is over: a call of the same kind without a breaker.
    public enum Base: String, Sendable {
        case immediate = "bare call"
        case suspending = "bare call that suspends once"
    }

    /// As the README shows it.
    public var name: String
    /// The workload without a breaker.
    public var base: Base
    /// The most that a call may cost over the bare one, in nanoseconds; nil: no target.
    public var target: Double?
    /// How many calls to make at once for a figure.
    public var count: Int
    /// What is to be done before, and gives the calls.
    public var prepare: @Sendable () async throws -> @Sendable (Int) async -> Void

    init(
        _ name: String,
        _ base: Base = .immediate,
        target: Double? = nil,
        count: Int = 100_000,
        _ prepare: @escaping @Sendable () async throws -> @Sendable (Int) async -> Void
    ) {
        self.name = name
        self.base = base
        self.target = target
        self.count = count
        self.prepare = prepare
    }

    /// The bare calls.
    public static let bases: [Base: Workload] = [
        .immediate: Workload(Base.immediate.rawValue) {
            { count in
                var number = 0
                for _ in 0..<count { number = await call(number) }
                use(number)
            }
        },
        .suspending: Workload(Base.suspending.rawValue, .suspending) {
            { count in
                var number = 0
                for _ in 0..<count { number = await callThatSuspends(number) }
                use(number)
            }
        },
    ]

    /// All of them.
    public static let all: [Workload] = closed + limited + watched + permits + rejected + failing
}

@inline(never)
func use(_ number: Int) {
    if number == .min { print(number) }
}
