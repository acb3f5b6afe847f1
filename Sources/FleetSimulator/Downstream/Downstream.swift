//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// The service: one queue in front of a fixed rate of answers, and what goes wrong with it.
struct Downstream {
    struct Answer {
        // nil: never.
        var time: Double?
        var fails: Bool
    }

    private let plan: DownstreamPlan
    private var phase = 0
    // When the queue will be empty.
    private var emptyAt = 0.0
    private var isCollapsed = false
    private(set) var lastOverload: Milliseconds = .min

    init(_ plan: DownstreamPlan) {
        self.plan = plan
    }

    mutating func take(at now: Milliseconds, _ random: inout SplitMix64) -> Answer {
        let (luck, timing) = (random.unit(), random.unit())
        var factor = 1.0
        switch phase(at: now)?.condition {
        case .dead?: return failure(timing)
        case .hanging?: return Answer(time: nil, fails: true)
        case .failing(let share)? where luck < share: return failure(timing)
        case .slow(let times)?: factor = times
        default: break
        }
        let waiting = wait(at: now)
        let longest = Double(plan.overload.longestWait)
        if waiting >= longest / 2 {
            isCollapsed = true
            lastOverload = now
        } else if waiting < longest / 20 {
            isCollapsed = false
        }
        if waiting > longest { return failure(timing) }
        let rate = capacity(at: now) * (isCollapsed ? plan.overload.capacityShare : 1)
        emptyAt = Double(now) + waiting + 1000 / rate
        return Answer(time: waiting + plan.latency.at(timing) * factor, fails: false)
    }

    // How long a call that arrives now waits for its turn.
    func wait(at now: Milliseconds) -> Double {
        max(0, emptyAt - Double(now))
    }

    // Calls a second; what it would be without overload.
    func capacity(at now: Milliseconds) -> Double {
        guard phaseIfAny(at: now)?.isDown != true else { return 0 }
        guard plan.warmup.time > 0, let back = plan.phases.last(where: { $0.isDown && $0.until <= now })?.until else { return plan.capacity }
        let progress = min(1, Double(now - back) / Double(plan.warmup.time))
        return plan.capacity * (plan.warmup.capacityShare + (1 - plan.warmup.capacityShare) * progress)
    }

    func isDown(at now: Milliseconds) -> Bool {
        phaseIfAny(at: now)?.isDown ?? false
    }

    // Whether a circuit that opens now has a reason to; what happened a moment ago is one.
    func isTroubled(at now: Milliseconds) -> Bool {
        let grace: Milliseconds = 5000
        return plan.phases.contains { $0.isOutage && now >= $0.from && now < $0.until + grace } || lastOverload > now - grace
    }

    private func failure(_ timing: Double) -> Answer {
        Answer(time: plan.failureLatency.at(timing), fails: true)
    }

    private mutating func phase(at now: Milliseconds) -> DownstreamPlan.Phase? {
        while phase < plan.phases.count, plan.phases[phase].until <= now {
            // What still waited when it went down is gone.
            if plan.phases[phase].isDown { emptyAt = 0 }
            phase += 1
        }
        return phase < plan.phases.count && plan.phases[phase].from <= now ? plan.phases[phase] : nil
    }

    private func phaseIfAny(at now: Milliseconds) -> DownstreamPlan.Phase? {
        plan.phases.first { now >= $0.from && now < $0.until }
    }
}
