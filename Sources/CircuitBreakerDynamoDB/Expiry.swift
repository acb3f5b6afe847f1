//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

// The TTL attribute counts whole seconds, and nothing may expire early: it names the first whole second after the time.
enum Expiry {
    // The last second of the year 9999.
    static let never: JSON = .count(253_402_300_799)

    static func value(_ time: Timestamp) -> JSON { .count(time.milliseconds / 1000 + 1) }

    static func time(_ value: JSON) -> Timestamp? {
        guard let second = value.nearestNumber else { return nil }
        let (milliseconds, overflow) = second.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : Timestamp(milliseconds: milliseconds).adding(-1000)
    }
}

extension DynamoDBStore {
    // The attribute by which the table must let items expire.
    package static let ttlAttribute = Attribute.expiresAt
}
