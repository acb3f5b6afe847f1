//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Logging
import Testing

@testable import breaker

@Suite struct LineLogHandlerTests {
    private let nasty = "a\nb\r\u{1B}]0;x\u{7}\u{7F}\u{9B}2J\u{2028}\u{2029}\u{202E}\u{2066}z"

    private func line(_ message: Logger.Message, _ metadata: Logger.Metadata, error: (any Error)? = nil) -> String {
        let event = LogEvent(
            level: .info,
            message: message,
            error: error,
            metadata: metadata,
            source: "test",
            file: #fileID,
            function: #function,
            line: #line
        )
        return LineLogHandler().line(event)
    }

    @Test func whatIsInAMessageReachesNoTerminalRaw() {
        struct Failed: Error, CustomStringConvertible { var description: String }
        let line = line("said \(nasty)", ["reason": "\(nasty)", "\(nasty)": "x", "list": ["\(nasty)"]], error: Failed(description: nasty))
        #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control || $0.properties.isBidiControl })
        #expect(!line.contains { $0.isNewline })
        #expect(line.contains(#"said a\nb\r\u001b]0;x\u0007\u007f\u009b2J\u2028\u2029\u202e\u2066z"#))
        #expect(line.contains(#"reason="a\nb"#))
    }

    @Test func plainWordsStayAsTheyAre() {
        #expect(line("state: OPEN", ["reason": "3 failures – schade", "n": "1"]).hasSuffix(#" INFO state: OPEN reason="3 failures – schade" n=1"#))
    }
}
