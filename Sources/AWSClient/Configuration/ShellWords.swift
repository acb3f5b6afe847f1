//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Splits a text into words as a POSIX shell does, with quotes and backslashes.
enum ShellWords {
    /// The words; nil when a quote is not closed or a backslash ends the text.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Unicode.Scalar?
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch (quote, scalar) {
            case (let open?, scalar) where open == scalar:
                quote = nil
            case (nil, "'"), (nil, "\""):
                quote = scalar
                word = word ?? ""
            case (nil, "\\"), ("\"", "\\"):
                guard let next = scalars.next() else { return nil }
                let isEscape = quote == nil || next == "\"" || next == "\\"
                word = (word ?? "") + (isEscape ? "" : "\\") + String(next)
            case (nil, " "), (nil, "\t"), (nil, "\n"), (nil, "\r"):
                if let word { words.append(word) }
                word = nil
            default:
                word = (word ?? "") + String(scalar)
            }
        }
        guard quote == nil else { return nil }
        return words + [word].compactMap { $0 }
    }
}
