//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// How large a record is as an item of the table, by DynamoDB's rules: names and text a byte a letter, a number about half a byte a digit and one more.
enum ItemSize {
    static func bytes(of record: CircuitRecord?) -> Int {
        guard let record else { return 64 }
        // The key, the eight attributes of circuitbreaker-lambda, and our own that each record has.
        var bytes = 420
        bytes += record.window.buckets.count * 44
        for bucket in record.window.buckets { bytes += bucket.reporters.reduce(0) { $0 + $1.rawValue.utf8.count + 1 } }
        bytes += record.slots.count * 48
        if let order = record.order { bytes += 40 + order.by.utf8.count + order.why.utf8.count }
        return bytes
    }

    static func readUnits(of record: CircuitRecord?) -> Double {
        Double((bytes(of: record) + 4095) / 4096)
    }

    static func writeUnits(of record: CircuitRecord?) -> Double {
        Double((bytes(of: record) + 1023) / 1024)
    }
}
