//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import LocalFleet
import UnreliableService

// What a local fleet reports to people and programs.
enum LocalReport {
    static func start(port: Int, _ settings: ServiceSettings, _ server: ServerOptions) -> String {
        let url = "http://127.0.0.1:\(port)"
        var lines = [("listening on", "\(url)/")]
        if server.dashboard { lines.append(("dashboard", "\(url)\(Dashboard.path)")) }
        lines += Self.settings(settings, server)
        lines += [("counts", "\(url)\(LocalServer.countsPath)"), ("stop with", "Ctrl-C")]
        return lines.map { "\($0.0)\(String(repeating: " ", count: 14 - $0.0.count))\($0.1)" }.joined(separator: "\n") + "\n"
    }

    // The settings in force, each with its name.
    static func settings(_ settings: ServiceSettings, _ server: ServerOptions) -> [(String, String)] {
        let margin = settings.breaker.deadlineMargin
        let upstreamLimit = margin.map { min(settings.upstreamTimeout, server.functionTimeout - $0) } ?? settings.upstreamTimeout
        let breaker = settings.breaker
        let recovery = breaker.recovery
        var lines = [
            (
                "calls",
                settings.upstream.map { "\($0), each call times out after \(upstreamLimit.text)" }
                    ?? "an unreliable service that succeeds with probability \(settings.successProbability), latency \(settings.latency.text)"
            ),
            ("circuit", settings.circuit),
            ("opens at", breaker.policy.text),
            (
                "stays open",
                "\(recovery.openTime.text), doubled by each failed probe up to \(recovery.maximumOpenTime.text)"
                    + (recovery.jitter > 0 ? ", up to \(recovery.jitter) longer at random" : "")
            ),
            (
                "closes after",
                "\(recovery.successesToClose) successful probes, \(recovery.probes) at once, each within \(recovery.lease.text)"
                    + (recovery.ramp > .zero ? "; then a growing share for \(recovery.ramp.text)" : "")
            ),
        ]
        if let timeout = breaker.timeout { lines.append(("call limit", timeout.text)) }
        lines.append(("environments", "at most \(server.environments), recycled after idling for \(server.idleRecycle.text)"))
        return lines
    }

    static func end(_ counts: FleetCounts) -> String {
        let outcomes = counts.outcomes
        return "answered \(counts.answers.values.reduce(0, +)): \(counts[.success]) success, \(counts.fallbacks) fallback"
            + " (\(counts[.rejected]) rejected, \(counts[.failed]) failed, \(counts[.timedOut]) timed out, \(counts[.unusable] + counts[.unused]) other),"
            + " \(counts[.refused]) refused; throttled \(counts.throttled); breakers report \(outcomes.succeeded) succeeded, \(outcomes.rejected) rejected, \(outcomes.failed) failed,"
            + " \(outcomes.timedOut) timed out; environments: \(counts.started) started, \(counts.mostAtOnce) at once, \(counts.recycled) recycled"
    }

    // `answers` and `outcomes` have the same numbers when no request is under way: success and unusable together are succeeded, and a refused request was no call.
    static func json(_ counts: FleetCounts, circuit: String, state: CircuitState) -> String {
        let answers = ServiceOutcome.allCases.map { ($0.rawValue, counts[$0]) }
        let outcomes = counts.outcomes
        return object([
            ("circuit", "\"\(circuit)\""),
            ("state", "\"\(state.rawValue)\""),
            ("answers", object(answers)),
            ("fallbacks", "\(counts.fallbacks)"),
            ("throttled", "\(counts.throttled)"),
            (
                "outcomes",
                object([
                    ("succeeded", outcomes.succeeded), ("failed", outcomes.failed), ("timedOut", outcomes.timedOut), ("rejected", outcomes.rejected),
                    ("returnedUnused", outcomes.returnedUnused), ("slow", outcomes.slow), ("probes", outcomes.probes),
                    ("staleOutcomes", outcomes.staleOutcomes), ("storeRequests", outcomes.storeRequests),
                ])
            ),
            (
                "environments",
                object([
                    ("busy", counts.busy), ("idle", counts.idle), ("started", counts.started), ("recycled", counts.recycled),
                    ("mostAtOnce", counts.mostAtOnce),
                ])
            ),
        ])
    }

    // A circuit's id has no character that JSON would escape, and all else is numbers.
    private static func object(_ members: [(String, some CustomStringConvertible)]) -> String {
        "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }
}

extension TripPolicy {
    var text: String {
        var text =
            switch rule {
            case .failures(let count, let share):
                "\(count) failures within \(window.text)" + (share > 0 ? " that are at least \(NumberText.percent(share)) of the calls" : "")
            case .consecutiveFailures(let count): "\(count) failures in a row"
            case .failureRate(let rate, let calls): "\(NumberText.percent(rate)) of the calls failing within \(window.text), from \(calls) calls"
            }
        if let slow {
            text += ", or \(NumberText.percent(slow.rate)) of the calls taking longer than \(slow.limit.text), from \(slow.minimumCalls) calls"
        }
        if minimumReporters > 1 { text += ", seen by at least \(minimumReporters) environments" }
        return text
    }
}
