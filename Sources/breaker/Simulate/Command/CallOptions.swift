//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import FleetSimulator

// When calls arrive. What is not given stays as the preset has it.
struct CallOptions: ParsableArguments {
    enum Kind: String, CaseIterable {
        case steady
        case poisson
        case ramp
        case spike
    }

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How calls arrive: steady, poisson, ramp, spike, or a CSV file whose lines are: milliseconds since the start, number of calls.",
            valueName: "kind"
        ),
        transform: { text in
            guard Kind(rawValue: text) != nil || text.contains(".") || text.contains("/") else {
                throw ValidationError("must be steady, poisson, ramp, spike, or the name of a CSV file")
            }
            return text
        }
    )
    var arrivals: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Calls a second; for a ramp, at its start.", valueName: "n"),
        transform: Arguments.rate()
    )
    var rate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Calls a second during a spike, or at the end of a ramp.", valueName: "n"),
        transform: Arguments.rate(orZero: true)
    )
    var peak: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("When the spike is. (default: the middle third)", valueName: "from-until"),
        transform: SpanArgument.init
    )
    var peakTime: SpanArgument?

    func apply(to scenario: inout Scenario) throws {
        if let arrivals, Kind(rawValue: arrivals) == nil {
            guard rate == nil, peak == nil, peakTime == nil else {
                throw ValidationError("--rate, --peak and --peak-time do not go with a file of arrivals")
            }
            scenario.arrivals = try ArrivalsFile(path: arrivals).read()
            return
        }
        guard arrivals != nil || rate != nil || peak != nil || peakTime != nil else { return }
        let base = Base(scenario.arrivals)
        let kind = arrivals.flatMap(Kind.init) ?? base.kind
        guard let rate = rate ?? base.rate else { throw ValidationError("--arrivals \(kind.rawValue) needs --rate") }
        if kind == .steady || kind == .poisson {
            guard peak == nil else { throw ValidationError("--peak goes with --arrivals ramp or spike") }
        }
        if kind != .spike, peakTime != nil { throw ValidationError("--peak-time goes with --arrivals spike") }
        let needed = { () throws -> Double in
            guard let peak = peak ?? base.peak else { throw ValidationError("--arrivals \(kind.rawValue) needs --peak") }
            return peak
        }
        let time = peakTime ?? base.time ?? SpanArgument(from: scenario.duration / 3, until: scenario.duration * 2 / 3)
        scenario.arrivals =
            switch kind {
            case .steady: .steady(perSecond: rate)
            case .poisson: .poisson(perSecond: rate)
            case .ramp: .ramp(from: rate, to: try needed())
            case .spike: .spike(perSecond: rate, peak: try needed(), from: time.from, until: time.until)
            }
        // Whether the downstream can carry the load is part of what a preset shows.
        if let old = base.rate, old > 0 { scenario.downstream.capacity *= rate / old }
    }

    // The preset's own values.
    private struct Base {
        var kind = Kind.poisson
        var rate: Double?
        var peak: Double?
        var time: SpanArgument?

        init(_ arrivals: Arrivals) {
            switch arrivals {
            case .steady(let rate): (kind, self.rate) = (.steady, rate)
            case .poisson(let rate): (kind, self.rate) = (.poisson, rate)
            case .ramp(let from, let to): (kind, rate, peak) = (.ramp, from, to)
            case .spike(let rate, let peak, let from, let until):
                (kind, self.rate, self.peak, time) = (.spike, rate, peak, SpanArgument(from: from, until: until))
            case .listed: break
            }
        }
    }
}

// From one moment to a later one: 60s-3m.
struct SpanArgument: Equatable {
    var from: Milliseconds
    var until: Milliseconds

    init(from: Milliseconds, until: Milliseconds) {
        self.from = from
        self.until = until
    }

    init(_ text: String) throws {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let moment = Arguments.span(orZero: true)
        guard parts.count == 2, let from = try? moment(parts[0]), let until = try? moment(parts[1]), from < until else {
            throw ValidationError("must be two moments since the start with their units (ms, s, m, h), the earlier one first: 60s-3m")
        }
        self.init(from: from, until: until)
    }
}
