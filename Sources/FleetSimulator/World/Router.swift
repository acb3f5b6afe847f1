//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// Who is idle, who does not run yet, and whose turn it is.
struct Router {
    private let routing: Fleet.Routing
    // Idle environments: the one used last at the end.
    private var previous: [Int32]
    private var next: [Int32]
    private var last: Int32 = -1
    // For a choice at random: the same as an array, and each one's place in it.
    private var idle: [Int32] = []
    private var place: [Int32]
    private var absent: [Int32]

    init(_ fleet: Fleet) {
        routing = fleet.routing
        previous = Array(repeating: -1, count: fleet.environments)
        next = Array(repeating: -1, count: fleet.environments)
        place = Array(repeating: -1, count: fleet.environments)
        absent = (0..<fleet.environments).reversed().map { Int32($0) }
    }

    enum Choice {
        case idle(Int)
        case absent(Int)
        case none
    }

    // Takes an environment for a call.
    mutating func choose(_ random: inout SplitMix64) -> Choice {
        switch routing {
        case .mostRecentlyUsed:
            if last >= 0 {
                let chosen = Int(last)
                remove(chosen)
                return .idle(chosen)
            }
            return absent.popLast().map { .absent(Int($0)) } ?? .none
        case .random:
            let count = idle.count + absent.count
            guard count > 0 else { return .none }
            let index = random.below(count)
            if index < idle.count {
                let chosen = Int(idle[index])
                remove(chosen)
                return .idle(chosen)
            }
            absent.swapAt(index - idle.count, absent.count - 1)
            return absent.popLast().map { .absent(Int($0)) } ?? .none
        }
    }

    mutating func takeAbsent() -> Int? {
        absent.popLast().map { Int($0) }
    }

    mutating func add(_ e: Int) {
        switch routing {
        case .mostRecentlyUsed:
            previous[e] = last
            next[e] = -1
            if last >= 0 { next[Int(last)] = Int32(e) }
            last = Int32(e)
        case .random:
            place[e] = Int32(idle.count)
            idle.append(Int32(e))
        }
    }

    mutating func remove(_ e: Int) {
        switch routing {
        case .mostRecentlyUsed:
            if previous[e] >= 0 { next[Int(previous[e])] = next[e] }
            if next[e] >= 0 { previous[Int(next[e])] = previous[e] } else { last = previous[e] }
        case .random:
            let hole = Int(place[e])
            let moved = idle[idle.count - 1]
            idle[hole] = moved
            place[Int(moved)] = Int32(hole)
            idle.removeLast()
        }
    }

    mutating func addAbsent(_ e: Int) {
        absent.append(Int32(e))
    }
}
