//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// HTML in which all text that is put in has been escaped.
struct Markup: ExpressibleByStringInterpolation, CustomStringConvertible, Sendable {
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity * 2)
        }

        mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            text += Markup.escape(value.description)
        }

        mutating func appendInterpolation(_ markup: Markup) {
            text += markup.description
        }

        mutating func appendInterpolation(_ parts: [Markup]) {
            for part in parts { text += part.description }
        }
    }

    let description: String

    init(stringLiteral: String) {
        description = stringLiteral
    }

    init(stringInterpolation: StringInterpolation) {
        description = stringInterpolation.text
    }

    // Text that is markup already.
    init(verbatim: String) {
        description = verbatim
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
