//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Synchronization
import UnreliableService

extension LocalFleet {
    // Exact while no request is under way.
    package var counts: FleetCounts {
        state.withLock { state in
            state.retire(state.pool.recycle(at: clock.now))
            var counts = FleetCounts()
            counts.answers = state.answers
            counts.throttled = state.pool.throttled
            counts.outcomes = state.retired
            for service in state.services.values { counts.outcomes += service.breaker.counts }
            counts.busy = state.pool.busy.count
            counts.idle = state.pool.idle.count
            counts.started = state.pool.started
            counts.recycled = state.pool.recycled
            counts.mostAtOnce = state.pool.mostAtOnce
            return counts
        }
    }

    // The environments that are busy or were used last, but not more than so many, and what each believes.
    package func standing(atMost limit: Int) -> FleetStanding {
        let (places, services, recycled) = state.withLock { state in
            state.retire(state.pool.recycle(at: clock.now))
            let busy = state.pool.busy.sorted().prefix(limit).map { (number: $0, since: Timestamp?.none) }
            let idle = state.pool.idle.suffix(max(0, limit - busy.count)).map { (number: $0.number, since: Timestamp?.some($0.since)) }
            let places = (busy + idle).sorted { $0.number < $1.number }
            return (places, places.map { state.services[$0.number] }, state.lastRecycled)
        }
        var standing = FleetStanding()
        standing.recycled = recycled
        standing.environments = zip(places, services).map { place, service in
            FleetEnvironment(number: place.number, isBusy: place.since == nil, idleSince: place.since, view: service?.breaker.view)
        }
        return standing
    }
}
