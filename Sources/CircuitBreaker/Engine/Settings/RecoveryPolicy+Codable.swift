//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension RecoveryPolicy: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case openTime = "openTimeMilliseconds"
        case maximumOpenTime = "maximumOpenTimeMilliseconds"
        case jitter
        case maximumRetryAfter = "maximumRetryAfterMilliseconds"
        case probes
        case successesToClose
        case lease = "leaseMilliseconds"
        case ramp = "rampMilliseconds"
    }

    /// Reads a policy from an object; a member that is missing keeps its default.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseMembers(otherThan: CodingKeys.self)
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        openTime = try members.duration(.openTime) ?? openTime
        maximumOpenTime = try members.duration(.maximumOpenTime) ?? max(maximumOpenTime, openTime)
        jitter = try members.decodeIfPresent(Double.self, forKey: .jitter) ?? jitter
        maximumRetryAfter = try members.duration(.maximumRetryAfter) ?? maximumRetryAfter
        probes = try members.decodeIfPresent(Int.self, forKey: .probes) ?? probes
        successesToClose = try members.decodeIfPresent(Int.self, forKey: .successesToClose) ?? successesToClose
        lease = try members.duration(.lease) ?? lease
        ramp = try members.duration(.ramp) ?? ramp
        try decoder.check(validate)
    }

    /// Writes all members, as `{"openTimeMilliseconds": 10000, "jitter": 0, "probes": 1, …}`.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(openTime, forKey: .openTime)
        try members.encode(maximumOpenTime, forKey: .maximumOpenTime)
        try members.encode(jitter, forKey: .jitter)
        try members.encode(maximumRetryAfter, forKey: .maximumRetryAfter)
        try members.encode(probes, forKey: .probes)
        try members.encode(successesToClose, forKey: .successesToClose)
        try members.encode(lease, forKey: .lease)
        try members.encode(ramp, forKey: .ramp)
    }
}
