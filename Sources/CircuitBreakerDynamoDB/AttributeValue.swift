//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient
import CircuitBreaker

typealias Attribute = RecordAttribute

// DynamoDB's notation of values.
extension JSON: StoredValue {
    package static func text(_ text: String) -> JSON { ["S": .string(text)] }
    package static func count(_ number: some BinaryInteger) -> JSON { ["N": .string(String(number))] }
    package static func list(_ elements: [JSON]) -> JSON { ["L": .array(elements)] }
    package static var absent: JSON { ["NULL": true] }
    static func texts(_ texts: [String]) -> JSON { ["SS": .array(texts.map { .string($0) })] }

    package var text: String? { self["S"]?.string }
    package var list: [JSON]? { self["L"]?.array }
    package var isAbsent: Bool { self["NULL"] != nil }
    var texts: [String]? { self["SS"]?.array?.compactMap(\.string) }

    // Only a whole number within 64 bits.
    var exactNumber: Int64? { self["N"]?.string.flatMap { Int64($0) } }

    package var nearestNumber: Int64? {
        self["N"]?.string.flatMap { WholeNumber($0) }.map { number in
            guard number.isNegative else { return Int64(clamping: number.magnitude) }
            return number.magnitude > UInt128(Int64.max) ? .min : -Int64(number.magnitude)
        }
    }
}
