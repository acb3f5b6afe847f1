//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Dependency

// calls KIND COUNT: makes that many calls of one kind and prints how many nanoseconds each took.
@main
struct Calls {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let count = Int(arguments[2]), count > 0 else {
            print("usage: calls bare|closed|rejected|rejected-by-throw COUNT")
            return
        }
        let breaker = try CircuitBreaker("benchmark", policy: .failures(3, within: .seconds(60)))
        let isOpen = arguments[1].hasPrefix("rejected")
        if isOpen { try await breaker.give(CircuitOrder(.forceOpen)) }
        let kind = arguments[1]
        try await Task.detached { try await measure(kind, count, breaker) }.value
    }

    static func measure(_ kind: String, _ count: Int, _ breaker: CircuitBreaker) async throws {
        let start = ContinuousClock.now
        var sum = 0
        switch kind {
        case "bare": for _ in 0..<count { sum = await call(sum) }
        case "closed":
            for _ in 0..<count {
                let number = sum
                sum = try await breaker.run { await call(number) }
            }
        case "rejected": for _ in 0..<count { sum &+= try await rejected(breaker) }
        default: for _ in 0..<count { sum &+= await thrown(breaker, sum) }
        }
        let took = start.duration(to: .now)
        print("\(kind): \(took / count) a call (\(sum))")
    }

    static func rejected(_ breaker: CircuitBreaker) async throws -> Int {
        switch try await breaker.acquire() {
        case .permit(let permit):
            await permit.succeed()
            return 0
        case .rejected: return 1
        }
    }

    static func thrown(_ breaker: CircuitBreaker, _ number: Int) async -> Int {
        do {
            return try await breaker.run { await call(number) }
        } catch {
            return 1
        }
    }
}
