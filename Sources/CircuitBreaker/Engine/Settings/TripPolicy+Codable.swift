//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension TripPolicy: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case kind
        case failureThreshold
        case failureShare
        case failureRate
        case minimumCalls
        case window = "windowMilliseconds"
        case slowCalls
        case minimumReporters
    }

    /// Reads a policy from an object; `kind` and what belongs to it must be there.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseMembers(otherThan: CodingKeys.self)
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let kind = try members.decode(Kind.self, forKey: .kind)
        func refuse(_ keys: CodingKeys...) throws {
            guard let key = keys.first(where: members.contains) else { return }
            throw DecodingError.dataCorruptedError(forKey: key, in: members, debugDescription: "\(key.stringValue) does not go with \(kind.rawValue)")
        }
        switch kind {
        case .failures:
            try refuse(.failureRate, .minimumCalls)
            rule = .failures(
                try members.decode(Int.self, forKey: .failureThreshold),
                share: try members.decodeIfPresent(Double.self, forKey: .failureShare) ?? Self.defaultShare
            )
        case .consecutiveFailures:
            try refuse(.failureRate, .minimumCalls, .failureShare)
            rule = .consecutiveFailures(try members.decode(Int.self, forKey: .failureThreshold))
        case .failureRate:
            try refuse(.failureThreshold, .failureShare)
            rule = .failureRate(
                try members.decode(Double.self, forKey: .failureRate),
                minimumCalls: try members.decode(Int.self, forKey: .minimumCalls)
            )
        }
        window = try members.duration(.window) ?? .seconds(60)
        slow = try members.decodeIfPresent(SlowCalls.self, forKey: .slowCalls)
        minimumReporters = try members.decodeIfPresent(Int.self, forKey: .minimumReporters) ?? 1
        try decoder.check(validate)
    }

    /// Writes a policy, as `{"kind": "failures", "failureThreshold": 5, "failureShare": 0.2, "windowMilliseconds": 60000, "minimumReporters": 1}`.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(kind, forKey: .kind)
        switch rule {
        case .failures(let count, let share):
            try members.encode(count, forKey: .failureThreshold)
            try members.encode(share, forKey: .failureShare)
        case .consecutiveFailures(let count):
            try members.encode(count, forKey: .failureThreshold)
        case .failureRate(let rate, let minimumCalls):
            try members.encode(rate, forKey: .failureRate)
            try members.encode(minimumCalls, forKey: .minimumCalls)
        }
        try members.encode(window, forKey: .window)
        try members.encodeIfPresent(slow, forKey: .slowCalls)
        try members.encode(minimumReporters, forKey: .minimumReporters)
    }
}

extension TripPolicy.SlowCalls: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case rate
        case limit = "longerThanMilliseconds"
        case minimumCalls
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseMembers(otherThan: CodingKeys.self)
        let members = try decoder.container(keyedBy: CodingKeys.self)
        rate = try members.decode(Double.self, forKey: .rate)
        limit = .milliseconds(try members.decode(Int64.self, forKey: .limit))
        minimumCalls = try members.decode(Int.self, forKey: .minimumCalls)
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(rate, forKey: .rate)
        try members.encode(limit, forKey: .limit)
        try members.encode(minimumCalls, forKey: .minimumCalls)
    }
}
