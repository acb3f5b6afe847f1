//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// A request on its way, there or back.
struct StoreRequestInFlight<A: AlgorithmModel> {
    var environment: Int32
    var stamp: UInt32
    var action: A.Action
    // Of a look: it belongs to a process, not to an invocation.
    var token: UInt64?
    var answer: StoreAnswer<A.Reply>?
    // How long the reply takes; nil: it never comes.
    var wayBack: Milliseconds?
    var attemptsLeft: Int
    // Events that still refer to it.
    var uses = 0
}

// The store as an environment meets it: what one partition carries, what is lost on the way, and when it does not work.
struct SharedStore<A: AlgorithmModel> {
    let plan: StorePlan
    var versions: Versions<A.Record>
    var partition: Partition
    var random: SplitMix64
    private(set) var requests: [StoreRequestInFlight<A>?] = []
    private var free: [Int32] = []

    init(_ plan: StorePlan, seed: UInt64) {
        self.plan = plan
        versions = Versions(staleness: plan.staleness)
        partition = Partition(plan.limits)
        random = Chance.stream(.store, of: seed)
    }

    mutating func insert(_ request: StoreRequestInFlight<A>) -> Int {
        if let index = free.popLast() {
            requests[Int(index)] = request
            return Int(index)
        }
        requests.append(request)
        return requests.count - 1
    }

    subscript(index: Int) -> StoreRequestInFlight<A>? {
        _read { yield requests[index] }
        _modify { yield &requests[index] }
    }

    // An event that referred to a request has happened.
    mutating func release(_ index: Int) {
        requests[index]?.uses -= 1
        guard requests[index]?.uses == 0 else { return }
        requests[index] = nil
        free.append(Int32(index))
    }

    func outage(at now: Milliseconds) -> StorePlan.Outage.Kind? {
        plan.outages.first { now >= $0.from && now < $0.until }?.kind
    }

    mutating func ways() -> (there: Milliseconds, back: Milliseconds) {
        let whole = plan.latency.at(random.unit())
        let there = Milliseconds(whole / 2)
        return (there, max(0, Milliseconds((whole).rounded()) - there))
    }
}
