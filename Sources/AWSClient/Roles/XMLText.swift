//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// The texts of an XML document's elements, for answers that hold each name of interest once.
struct XMLText {
    private let document: String

    init(_ bytes: some Collection<UInt8>) {
        document = String(decoding: bytes, as: UTF8.self)
    }

    /// The text of the first element with a name; nil when there is none, or when it holds more than text.
    subscript(name: String) -> String? {
        guard let start = document.firstRange(of: "<\(name)>") else { return nil }
        let rest = document[start.upperBound...]
        let text = rest.prefix { $0 != "<" }
        guard rest[text.endIndex...].hasPrefix("</\(name)>") else { return nil }
        return Self.unescaped(text)
    }

    private static func unescaped(_ text: Substring) -> String? {
        var parts = text.split(separator: "&", omittingEmptySubsequences: false)[...]
        var result = String(parts.removeFirst())
        for part in parts {
            guard let end = part.firstIndex(of: ";"), let character = self.character(part[..<end]) else { return nil }
            result += character + part[part.index(after: end)...]
        }
        return result
    }

    private static func character(_ entity: Substring) -> String? {
        switch entity {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let isHexadecimal = entity.hasPrefix("#x")
            guard entity.hasPrefix("#"), let code = UInt32(entity.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10) else {
                return nil
            }
            return Unicode.Scalar(code).map { String($0) }
        }
    }
}
