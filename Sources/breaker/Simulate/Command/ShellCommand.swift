//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A command line as a shell takes it, without what only says where the result goes.
struct ShellCommand: CustomStringConvertible {
    private let words: [String]

    init(_ arguments: [String], seed: UInt64) {
        var words = ["breaker"]
        var rest = arguments[...]
        var hasSeed = false
        while let word = rest.popFirst() {
            if word == "--html" {
                _ = rest.popFirst()
            } else if word != "--json", !word.hasPrefix("--html=") {
                words.append(word)
                hasSeed = hasSeed || word == "--seed" || word.hasPrefix("--seed=")
            }
        }
        self.words = words + (hasSeed ? [] : ["--seed", "\(seed)"])
    }

    var description: String {
        words.map(Self.quote).joined(separator: " ")
    }

    private static func quote(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_=./:,%+@".contains($0)) }
        return isPlain ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
