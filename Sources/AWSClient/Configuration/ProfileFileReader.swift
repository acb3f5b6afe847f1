//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import SafeText

/// Reads a shared config file line by line, as Python's configparser does when it is strict and leaves values as they are.
///
/// A line that is indented more than the key above it continues that key's value.
struct ProfileFileReader {
    struct Failure: Error {
        let line: Int
        let problem: String
    }

    private struct Section {
        var name: String
        var values: [String: [String]] = [:]
    }

    /// What its keys say holds for all sections that do not say otherwise.
    private static let defaults = "DEFAULT"

    private var sections: [Section] = []
    private var current: Int?
    private var key: String?
    private var indentation = 0
    private var line = 0

    mutating func read(_ text: Substring.UnicodeScalarView) throws(Failure) {
        line += 1
        let content = text.trimmed
        guard let first = content.first else { return continueValue("") }
        guard first != "#", first != ";" else { return }
        let indentation = text.prefix { $0.isSpace }.count
        guard key == nil || indentation <= self.indentation else { return continueValue(String(content)) }
        self.indentation = indentation
        if let name = Self.header(content) {
            try begin(name)
        } else {
            try assign(content)
        }
    }

    /// The sections that were read, but for the one of defaults.
    func finish() throws(Failure) -> [(name: String, values: [String: String])] {
        let defaults = sections.first { $0.name == Self.defaults }?.values ?? [:]
        var finished: [(String, [String: String])] = []
        for section in sections where section.name != Self.defaults {
            let values = section.values.merging(defaults) { own, _ in own }
            finished.append((section.name, values.mapValues { Self.joined($0) }))
        }
        for (name, values) in finished {
            guard let key = values.keys.sorted().first(where: { Self.isBrokenBlock(values[$0]) }) else { continue }
            throw Failure(line: self.line, problem: "an indented line below '\(key)' in [\(name.printable)] has no '='")
        }
        return finished
    }

    private mutating func begin(_ name: String) throws(Failure) {
        key = nil
        current = sections.firstIndex { $0.name == name }
        guard current == nil || name == Self.defaults else {
            throw Failure(line: self.line, problem: "there is another section [\(name.printable)]; make them one")
        }
        if current == nil {
            current = sections.count
            sections.append(Section(name: name))
        }
    }

    private mutating func assign(_ content: Substring.UnicodeScalarView) throws(Failure) {
        guard let current else { throw Failure(line: self.line, problem: "it is above the first section, such as [default]") }
        guard let delimiter = content.firstIndex(where: { $0 == "=" || $0 == ":" }), delimiter > content.startIndex else {
            throw Failure(line: self.line, problem: "it is neither a section nor a key with '=' and a value")
        }
        let key = String(content[..<delimiter].trimmed).lowercased()
        guard sections[current].values[key] == nil else {
            throw Failure(line: self.line, problem: "'\(key.printable)' is there twice in its section; remove one")
        }
        sections[current].values[key] = [String(content[content.index(after: delimiter)...].trimmed)]
        self.key = key
    }

    private mutating func continueValue(_ text: String) {
        guard let current, let key else { return }
        sections[current].values[key]?.append(text)
    }

    private static func header(_ content: Substring.UnicodeScalarView) -> String? {
        guard content.first == "[", let end = content.lastIndex(of: "]") else { return nil }
        let name = content[..<end].dropFirst()
        return name.isEmpty ? nil : String(name)
    }

    private static func joined(_ lines: [String]) -> String {
        var text = lines.joined(separator: "\n").unicodeScalars[...]
        while text.last?.isSpace == true { text.removeLast() }
        return String(text)
    }

    private static func isBrokenBlock(_ value: String?) -> Bool {
        guard let value, value.hasPrefix("\n") else { return false }
        return value.split(separator: "\n").contains { !$0.contains("=") }
    }
}
