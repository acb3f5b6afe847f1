//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

/// What a circuit did since the last line, as a line of CloudWatch's embedded metric format.
///
/// CloudWatch makes metrics of such a line of a Lambda function's log, at no call and no permission. Ask for one at the end of each invocation:
///
/// ```swift
/// let metrics = try EmbeddedMetrics(breaker)
///
/// if let line = metrics.line() { print(line) }
/// ```
///
/// There is a line only when something happened (a failure, a rejection, a change) or, while there are calls, when an interval is over.
/// A line that is not asked for is not lost: the next one holds what it would have.
///
/// Lines are made of ``CircuitBreaker/counts``, so that a healthy call costs nothing, unless durations are asked for.
public final class EmbeddedMetrics: Sendable {
    /// The namespace of the metrics, unless another is given.
    public static let namespace = "CircuitBreaker"

    private struct Reported {
        var counts = CircuitBreaker.Counts()
        var state = CircuitState.closed
        var at: Timestamp
        // When the last line was made, and what it said.
        var line: Timestamp
        var lineState = CircuitState.closed
        // Since the last line.
        var openMilliseconds = 0
    }

    private let breaker: CircuitBreaker
    private let namespace: String
    private let interval: Duration
    private let reported: Mutex<Reported>
    private let sampler: DurationSampler?

    /// Begins to count from when the breaker was created.
    /// - Parameters:
    ///   - breaker: whose circuit.
    ///   - namespace: of the metrics: 1 to 255 of the characters `A-Z a-z 0-9 . - _ / # :`, not beginning with `AWS/`.
    ///   - interval: after which calls that all went well are reported.
    ///   - durations: whether lines have how long calls took, of at most 100 of them. Each call is then measured, which costs it some 0.2 µs.
    /// - Throws: ``ConfigurationError`` that names what cannot be used.
    public init(
        _ breaker: CircuitBreaker,
        namespace: String = EmbeddedMetrics.namespace,
        interval: Duration = .seconds(60),
        durations: Bool = false
    ) throws(ConfigurationError) {
        let allowed = namespace.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "#"), UInt8(ascii: ":"): true
            default: false
            }
        }
        guard allowed, (1...255).contains(namespace.utf8.count), !namespace.hasPrefix("AWS/") else {
            let what = "1 to 255 of the characters A-Z a-z 0-9 . - _ / # :, not beginning with AWS/"
            throw ConfigurationError(setting: "metrics namespace", value: "\(namespace.prefix(64).debugDescription)", allowed: what)
        }
        try ConfigurationError.check("metrics interval", interval)
        self.breaker = breaker
        self.namespace = namespace
        self.interval = interval
        let now = breaker.clock.now
        reported = Mutex(Reported(at: now, line: now))
        sampler = durations ? DurationSampler() : nil
        if let sampler { breaker.add(sampler) }
    }

    deinit {
        if let sampler { breaker.remove(sampler) }
    }

    /// One line, without its end; nil: there is nothing to say.
    public func line() -> String? {
        reported.withLock { reported in
            // Read here, so that they are no older than what the last line reported.
            let view = breaker.view
            let counts = breaker.counts
            let now = breaker.clock.now
            let open = Self.openTime(view, reported.state, from: reported.at, to: now)
            reported.openMilliseconds += open
            reported.at = now
            reported.state = view.state
            let metrics = Self.metrics(counts, since: reported.counts, view.state, open: reported.openMilliseconds)
            let isQuiet = view.state == reported.lineState && metrics.allSatisfy { Self.quiet.contains($0.name) || $0.value == 0 }
            let hasCalls = metrics.contains { $0.name == "Calls" && $0.value > 0 }
            guard !isQuiet || hasCalls && reported.line.duration(to: now) >= interval else { return nil }
            reported.counts = counts
            reported.openMilliseconds = 0
            reported.line = now
            reported.lineState = view.state
            let durations = sampler?.take() ?? []
            let said = metrics.filter { $0.value != 0 || Self.constant.contains($0.name) }
            return text(durations.isEmpty ? said : said + [Self.durations(durations)], at: now)
        }
    }

    // What is in each line, so that an alarm can compare it.
    private static let constant: Set<String> = ["Calls", "Successes", "State"]

    // What alone is no reason for a line.
    private static let quiet: Set<String> = ["Calls", "Successes", "State", "OpenMilliseconds", "StoreRequests", "StoreMilliseconds"]

    // All that there are, with their units and without values; infrastructure/circuit_breaker/metrics.json says the same to dashboards and alarms.
    static var declared: [Metric] { metrics(CircuitBreaker.Counts(), since: CircuitBreaker.Counts(), .closed, open: 0) + [durations([])] }
    static let dimension = "Circuit"

    struct Metric: Equatable {
        var name: String
        var unit = "Count"
        var value = 0
        // In place of one value.
        var durations: [Duration]?

        // Milliseconds, to the microsecond.
        var json: String {
            guard let durations else { return "\(value)" }
            return "[\(durations.map { "\(($0 / .microseconds(1)).rounded() / 1000)" }.joined(separator: ","))]"
        }
    }

    private static func durations(_ durations: [Duration]) -> Metric {
        Metric(name: "CallMilliseconds", unit: "Milliseconds", durations: durations)
    }

    private static func metrics(_ counts: CircuitBreaker.Counts, since old: CircuitBreaker.Counts, _ state: CircuitState, open: Int) -> [Metric] {
        func count(_ path: KeyPath<CircuitBreaker.Counts, Int>) -> Int { max(0, counts[keyPath: path] - old[keyPath: path]) }
        let rejections = count(\.rejected)
        return [
            Metric(name: "Calls", value: count(\.ended) + rejections),
            Metric(name: "Successes", value: count(\.succeeded)),
            Metric(name: "SlowCalls", value: count(\.slow)),
            Metric(name: "Failures", value: count(\.failed)),
            Metric(name: "Timeouts", value: count(\.timedOut)),
            Metric(name: "Rejections", value: rejections),
            Metric(name: "Probes", value: count(\.probes)),
            Metric(name: "StateChanges", value: count(\.changesOfState)),
            Metric(name: "Closings", value: count(\.closings)),
            Metric(name: "OrderChanges", value: count(\.announcedOrders)),
            Metric(name: "State", unit: "None", value: state == .closed ? 0 : state == .halfOpen ? 1 : 2),
            Metric(name: "OpenMilliseconds", unit: "Milliseconds", value: open),
            Metric(name: "StoreRequests", value: count(\.storeRequests)),
            Metric(name: "StoreErrors", value: count(\.storeFailures)),
            Metric(name: "StoreMilliseconds", unit: "Milliseconds", value: count(\.storeMilliseconds)),
        ]
    }

    // For how long of the time between two looks the circuit was not CLOSED, as far as this environment saw.
    static func openTime(_ view: CircuitView, _ before: CircuitState, from start: Timestamp, to now: Timestamp) -> Int {
        func clamped(_ time: Timestamp) -> Timestamp { min(max(time, start), max(start, now)) }
        let changed = clamped(view.record.since)
        let (begin, end) =
            switch (before != .closed, view.state != .closed) {
            case (true, true): (start, clamped(now))
            case (false, true): (changed, clamped(now))
            case (true, false): (start, changed)
            case (false, false): (start, start)
            }
        return max(0, Int(clamping: end.since(begin)))
    }

    // Ids and namespaces have no character that JSON would escape.
    private func text(_ metrics: [Metric], at now: Timestamp) -> String {
        let definitions = metrics.map { #"{"Name":"\#($0.name)","Unit":"\#($0.unit)"}"# }.joined(separator: ",")
        let values = metrics.map { #""\#($0.name)":\#($0.json)"# }.joined(separator: ",")
        let directive = #"{"Namespace":"\#(namespace)","Dimensions":[["\#(Self.dimension)"]],"Metrics":[\#(definitions)]}"#
        return #"{"_aws":{"Timestamp":\#(now.milliseconds),"CloudWatchMetrics":[\#(directive)]},"\#(Self.dimension)":"\#(breaker.id)",\#(values)}"#
    }
}
