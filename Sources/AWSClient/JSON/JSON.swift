//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// A JSON value, small and without Foundation.
///
/// Numbers keep their text, so that no digit is lost and no number is too large to read.
public enum JSON: Sendable, Hashable {
    /// The JSON `null`.
    case null
    /// A JSON `true` or `false`.
    case bool(Bool)
    /// A JSON number, as written.
    case number(Number)
    /// A JSON string.
    case string(String)
    /// A JSON array.
    case array([JSON])
    /// A JSON object. Of a repeated key the last value counts.
    case object([String: JSON])

    /// The value under a key, or nil when this is no object or has no such key.
    public subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    /// The text, when this is a string.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The number, when this is a number that is a whole one within 64 bits.
    public var integer: Int64? {
        guard case .number(let number) = self else { return nil }
        return number.integer
    }

    /// The elements, when this is an array.
    public var array: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members, when this is an object.
    public var object: [String: JSON]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}

extension JSON {
    /// A number in the grammar of JSON.
    public struct Number: Sendable, Hashable {
        /// The number as written, for example `1.50e3`.
        public let text: String

        init(verified text: String) {
            self.text = text
        }

        /// Creates a number from an integer.
        public init(_ value: some BinaryInteger) {
            text = String(value)
        }

        /// The value, when it is written as a whole number within 64 bits.
        public var integer: Int64? { Int64(text) }

        /// The nearest floating-point value; infinite when it is too large.
        public var double: Double { Double(text) ?? .nan }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    /// Creates a string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Creates a boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Creates a number.
    public init(integerLiteral value: Int64) { self = .number(Number(value)) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// Creates an array.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// Creates an object; of a repeated key the last value counts.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

extension JSON: CustomStringConvertible {
    /// The value as JSON text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
