//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import SafeText
import Testing

@Suite struct SafeTextTests {
    @Test(
        arguments: [
            ("a\nb\r\tc", #"a\nb\r\tc"#), ("\u{1B}[31m", #"\u001b[31m"#), ("\u{7F}\u{9B}2J", #"\u007f\u009b2J"#),
            ("\u{2028}\u{2029}", #"\u2028\u2029"#), ("abc\u{202E}fed", #"abc\u202efed"#),
            ("\u{2066}x\u{2069}\u{200F}\u{61C}", #"\u2066x\u2069\u200f\u061c"#),
            ("ärgerlich 🧨 – ok\u{A0}", "ärgerlich 🧨 – ok\u{A0}"), ("\r\n", #"\r\n"#), ("", ""),
        ]
    )
    func whatCannotBeSeenIsSpelled(text: String, escaped: String) {
        #expect(text.escaped == escaped)
    }

    @Test func nothingThatControlsIsLeft() {
        let all = String(String.UnicodeScalarView((0...0x2100).compactMap(Unicode.Scalar.init)))
        #expect(!all.escaped.unicodeScalars.contains { $0.isControl || $0.properties.generalCategory == .control })
        #expect(!all.escaped.unicodeScalars.contains { $0.properties.isBidiControl })
    }

    @Test func nothingIsCutInTwo() {
        let (text, scalars) = ("é保🛠", ["", "é", "é保", "é保🛠"])
        for most in 0...10 { #expect(text.shortened(toBytes: most) == scalars.last { $0.utf8.count <= most }, "\(most)") }
    }

    @Test func messagesAboutAnyTextAreShort() {
        #expect("a\nb".printable == #"a\nb"# && "a\u{202E}b".prefix(2).printable == #"a\u202e"#)
        #expect(String(repeating: "é", count: 1000).printable == String(repeating: "é", count: 100))
        // The bound is on bytes: one character may have any number of them.
        #expect(("e" + String(repeating: "\u{301}", count: 100_000)).printable.utf8.count == 199)
    }

    @Test func linesMayStay() {
        var text = ""
        text.appendEscaped("a\nb\u{1B}\r\n", keepingNewlines: true)
        #expect(text == "a\nb\\u001b\\r\n")
    }
}
