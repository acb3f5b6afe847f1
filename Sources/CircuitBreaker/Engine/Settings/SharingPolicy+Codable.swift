//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension SharingPolicy.StoreLoss: Codable {}

extension SharingPolicy: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case maxViewAge = "maxViewAgeMilliseconds"
        case maxHealthyViewAge = "maxHealthyViewAgeMilliseconds"
        case lookBeside = "lookBesideMilliseconds"
        case maxClockSkew = "maxClockSkewMilliseconds"
        case storeTimeout = "storeTimeoutMilliseconds"
        case storeRetryInterval = "storeRetryIntervalMilliseconds"
        case onStoreLoss
        case alone
    }

    /// Reads a policy from an object; a member that is missing keeps its default.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseMembers(otherThan: CodingKeys.self)
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        maxViewAge = try members.duration(.maxViewAge) ?? maxViewAge
        maxHealthyViewAge = try members.duration(.maxHealthyViewAge) ?? maxHealthyViewAge
        lookBeside = try members.duration(.lookBeside) ?? lookBeside
        maxClockSkew = try members.duration(.maxClockSkew) ?? maxClockSkew
        storeTimeout = try members.duration(.storeTimeout) ?? storeTimeout
        storeRetryInterval = try members.duration(.storeRetryInterval) ?? storeRetryInterval
        onStoreLoss = try members.decodeIfPresent(StoreLoss.self, forKey: .onStoreLoss) ?? onStoreLoss
        alone = try members.decodeIfPresent(Int.self, forKey: .alone) ?? alone
        try decoder.check(validate)
    }

    /// Writes all members, as `{"maxViewAgeMilliseconds": 1000, "onStoreLoss": "local", …}`.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(maxViewAge, forKey: .maxViewAge)
        try members.encode(maxHealthyViewAge, forKey: .maxHealthyViewAge)
        try members.encode(lookBeside, forKey: .lookBeside)
        try members.encode(maxClockSkew, forKey: .maxClockSkew)
        try members.encode(storeTimeout, forKey: .storeTimeout)
        try members.encode(storeRetryInterval, forKey: .storeRetryInterval)
        try members.encode(onStoreLoss, forKey: .onStoreLoss)
        try members.encode(alone, forKey: .alone)
    }
}
