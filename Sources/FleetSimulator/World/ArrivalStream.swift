//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// How many calls arrive, millisecond by millisecond.
struct ArrivalStream {
    private let arrivals: Arrivals
    private let duration: Milliseconds
    private var random: SplitMix64
    private var owed = 0.0
    private var nextListed = 0

    init(_ arrivals: Arrivals, duration: Milliseconds, seed: UInt64) {
        if case .listed(let moments) = arrivals {
            // A stable order for moments that a file does not have in order.
            let order = moments.indices.sorted { (moments[$0].time, $0) < (moments[$1].time, $1) }
            self.arrivals = .listed(order.map { moments[$0] })
        } else {
            self.arrivals = arrivals
        }
        self.duration = duration
        random = Chance.stream(.arrivals, of: seed)
    }

    // Asked once for each millisecond, in order.
    mutating func count(at now: Milliseconds) -> Int {
        switch arrivals {
        case .steady(let perSecond):
            owed += perSecond / 1000
            let count = Int(owed)
            owed -= Double(count)
            return count
        case .poisson(let perSecond):
            return random.poisson(perSecond / 1000)
        case .ramp(let from, let to):
            return random.poisson((from + (to - from) * Double(now) / Double(duration)) / 1000)
        case .spike(let perSecond, let peak, let from, let until):
            return random.poisson((now >= from && now < until ? peak : perSecond) / 1000)
        case .listed(let moments):
            var count = 0
            while nextListed < moments.count, moments[nextListed].time <= now {
                count += moments[nextListed].calls
                nextListed += 1
            }
            return count
        }
    }
}
