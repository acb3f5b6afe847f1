//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import LocalFleet
import UnreliableService

extension Story.Slice {
    // By place, since there are many.
    var json: JSON {
        let counts = [success, failed, timedOut, rejected, heldBack, throttled, other, probes]
        return .array([.number(.init(index))] + counts.map { .number(.init($0)) } + [.number(.init(milliseconds)), .number(.init(underWay))])
    }
}

extension Story.Event {
    var json: JSON {
        var members: [String: JSON] = ["number": .number(.init(number)), "at": at.json]
        switch kind {
        case .state(let state, let epoch, let reason):
            members["kind"] = "state"
            members["state"] = .string(state.rawValue)
            members["epoch"] = epoch.json
            members["reason"] = reason.map { .string("\($0)") } ?? .null
        case .probe(let environment, let outcome, let milliseconds):
            members["kind"] = "probe"
            members["environment"] = .number(.init(environment))
            members["outcome"] = .string(outcome.rawValue)
            members["milliseconds"] = .number(.init(milliseconds))
        case .order(let order):
            members["kind"] = "order"
            members["order"] = order?.json ?? .null
        }
        return .object(members)
    }
}

extension StoryTotals {
    var json: JSON {
        func number(_ outcome: ServiceOutcome) -> JSON { .number(.init(answers[outcome, default: 0])) }
        func number(_ verb: ObservedStore.Verb) -> JSON { .number(.init(storeRequests[verb, default: 0])) }
        return [
            "calls": .number(.init(calls)), "success": number(.success), "failed": number(.failed), "timedOut": number(.timedOut),
            "rejected": number(.rejected), "throttled": .number(.init(throttled)), "probes": .number(.init(probes)),
            "saved": .number(.init(saved)), "heldBack": .number(.init(heldBack)), "millisecondsSaved": .number(.init(millisecondsSaved)),
            "meanFailure": .number(.init(meanFailure)), "reads": number(.read), "reports": number(.report), "changes": number(.change),
        ]
    }
}

extension FleetStanding {
    // Of each environment, by place: number, busy, idle for, state, epoch, the view's age; null where nothing is known yet.
    func json(_ counts: FleetCounts, at now: Timestamp) -> JSON {
        let rows = environments.map { environment -> JSON in
            let view = environment.view
            return [
                .number(.init(environment.number)), .number(.init(environment.isBusy ? 1 : 0)),
                environment.idleSince.map { .number(.init(max(0, now.since($0)))) } ?? .null,
                view.map { .string($0.state.rawValue) } ?? .null, view.map { $0.record.epoch.json } ?? .null,
                (view?.age?.milliseconds).map { .number(.init($0)) } ?? .null,
            ]
        }
        return [
            "environments": .array(rows), "gone": .array(recycled.map { .number(.init($0)) }), "busy": .number(.init(counts.busy)),
            "idle": .number(.init(counts.idle)), "started": .number(.init(counts.started)), "recycled": .number(.init(counts.recycled)),
        ]
    }
}
