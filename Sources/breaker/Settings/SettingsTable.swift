//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// The documentation's table of settings, as Markdown.
struct SettingsTable {
    let heading: [String]
    let rows: [String]

    // Code says nothing to those who set a function.
    init<Subject: Configurable>(_ base: Subject, inCode: Bool = false) {
        heading = [
            inCode ? "| variable | option | in code | value | meaning | default |" : "| name | value | meaning | default |",
            inCode ? "|---|---|---|---|---|---|" : "|---|---|---|---|",
        ]
        rows = Subject.settings.map { setting in
            let names = inCode ? ["`\(setting.variable)`", "`--\(setting.option)`", "`\(setting.code)`"] : ["`\(setting.variable)`"]
            let cells = names + [setting.valueText, setting.meaning, setting.defaultText(in: base) ?? "none"]
            return "| \(cells.joined(separator: " | ")) |"
        }
    }

    var markdown: String { (heading + rows).joined(separator: "\n") }
}

extension Setting {
    // What a variable may hold, in short.
    fileprivate var valueText: String {
        let text =
            switch kind {
            case .whole(let range): range.upperBound == .max ? "from \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            case .share(let orZero): orZero ? "0 to 1" : "above 0, to 1"
            case .duration: "ms"
            case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
            case .text: "URL"
            }
        return hasOff ? "\(text), or `\(Self.off)`" : text
    }
}
