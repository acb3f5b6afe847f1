//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import UnreliableService

// What the page may ask for. A body that is not exactly that is refused, with the field, its value and what is allowed.
enum DashboardCommand: Hashable, Sendable {
    case downstream(mode: UnreliableDependency.Behavior.Mode?, successPercent: Int?, latencyMilliseconds: Int?)
    case load(callsPerSecond: Int)
    case burst(calls: Int)
    case order(CircuitOrder.Kind, seconds: Int?, why: String)
    case lift
    case reset(why: String)

    static let names = ["downstream", "load", "burst", "order", "lift", "reset"]
    static let largestBurst = 500

    init(_ name: String, body: [UInt8]) throws(Refusal) {
        var fields = try Fields(body)
        switch name {
        case "downstream":
            let mode = try fields.choice("mode", of: UnreliableDependency.Behavior.Mode.self)
            let percent = try fields.integer("successPercent", in: 0...100)
            let latency = try fields.integer("latencyMilliseconds", in: 0...60_000)
            guard mode != nil || percent != nil || latency != nil else {
                throw Refusal(status: 400, message: "the body is {}, but must have mode, successPercent or latencyMilliseconds")
            }
            self = .downstream(mode: mode, successPercent: percent, latencyMilliseconds: latency)
        case "load":
            self = .load(callsPerSecond: try fields.required("callsPerSecond", in: 0...LoadSchedule.most))
        case "burst":
            self = .burst(calls: try fields.required("calls", in: 1...Self.largestBurst))
        case "order":
            guard let kind = try fields.choice("kind", of: CircuitOrder.Kind.self) else {
                throw .bad("kind", nil, Fields.list(CircuitOrder.Kind.self))
            }
            let seconds = try fields.integer("seconds", in: 1...86400)
            self = .order(kind, seconds: seconds, why: try fields.text("why", atMost: CircuitOrder.longestText))
        case "lift":
            self = .lift
        case "reset":
            self = .reset(why: try fields.text("why", atMost: CircuitOrder.longestText))
        default:
            throw Refusal(status: 404, message: "there is no /dashboard/\(name.prefix(40)); there are \(Self.names.joined(separator: ", "))")
        }
        try fields.checkEmpty()
    }
}
