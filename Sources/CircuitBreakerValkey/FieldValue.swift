//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

typealias Attribute = RecordAttribute

// A value of a field: a text, or a list as words in parentheses, which may be lists themselves: `(failures 3 3 60000)`.
enum FieldValue: Hashable, Sendable, StoredValue {
    case word(String)
    case words([FieldValue])
    case missing

    static func text(_ text: String) -> FieldValue { .word(text) }
    static func count(_ number: some BinaryInteger) -> FieldValue { .word(String(number)) }
    static func list(_ elements: [FieldValue]) -> FieldValue { .words(elements) }
    static var absent: FieldValue { .missing }

    var text: String? { if case .word(let text) = self { text } else { nil } }
    var list: [FieldValue]? { if case .words(let elements) = self { elements } else { nil } }
    var isAbsent: Bool { self == .missing }
    var nearestNumber: Int64? { text.flatMap { Int64($0) } }
}

extension FieldValue {
    private static let missingWord = "~"
    private static let emptyWord = "%"
    private static let deepest = 8

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "%"), UInt8(ascii: "~"): true
        default: false
        }
    }

    // As it is written in a list, or as a list.
    var written: String {
        switch self {
        case .missing: Self.missingWord
        case .word(""): Self.emptyWord
        case .word(let text): text.percentEncoded(where: Self.isSpecial)
        case .words(let elements): "(\(elements.map(\.written).joined(separator: " ")))"
        }
    }

    // Nil for what is not written just as above.
    init?(written: String) {
        var rest = Array(written.utf8)[...]
        guard let value = Self.take(&rest, depth: 0), rest.isEmpty, value.written == written else { return nil }
        self = value
    }

    private static func take(_ rest: inout ArraySlice<UInt8>, depth: Int) -> FieldValue? {
        guard rest.first == UInt8(ascii: "(") else { return takeWord(&rest) }
        guard depth < deepest else { return nil }
        rest.removeFirst()
        var elements: [FieldValue] = []
        while true {
            switch rest.first {
            case UInt8(ascii: ")"):
                rest.removeFirst()
                return .words(elements)
            case UInt8(ascii: " "): rest.removeFirst()
            case nil: return nil
            default:
                guard let element = take(&rest, depth: depth + 1) else { return nil }
                elements.append(element)
            }
        }
    }

    private static func takeWord(_ rest: inout ArraySlice<UInt8>) -> FieldValue? {
        let word = rest.prefix { $0 > 0x20 && $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ")") }
        guard !word.isEmpty, let text = String(validating: word, as: UTF8.self) else { return nil }
        rest = rest[word.endIndex...]
        switch text {
        case missingWord: return .missing
        case emptyWord: return .word("")
        default: return text.percentDecoded(where: isSpecial).map { .word($0) }
        }
    }
}
