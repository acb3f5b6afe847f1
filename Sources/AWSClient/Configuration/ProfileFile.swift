//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// The sections of a shared config or credentials file.
struct ProfileFile: Sendable {
    private var sections: [String: [String: String]] = [:]

    /// Reads the file's text.
    ///
    /// Lines that make no sense are passed over, as the AWS tools do.
    ///
    /// - Parameter text: Sections `[…]` with lines `key = value`. Below a key without a value, indented lines are its own:
    ///   `endpoint_url` below `dynamodb` becomes `dynamodb.endpoint_url`.
    init(_ text: String) {
        var section: String?
        var parent: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let content = Self.trim(line)
            guard let first = content.first, first != "#", first != ";" else { continue }
            if first == "[" {
                section = Self.sectionName(content)
                parent = nil
                continue
            }
            guard let section, let equals = content.firstIndex(of: "=") else { continue }
            let key = Self.trim(content[..<equals]).lowercased()
            let value = String(Self.trim(content[content.index(after: equals)...]))
            if line.first?.isWhitespace == true {
                if let parent { self.sections[section, default: [:]]["\(parent).\(key)"] = value }
            } else {
                self.sections[section, default: [:]][key] = value
                parent = value.isEmpty ? key : nil
            }
        }
    }

    /// The lines of a section, for example `profile blue`; nil when the file has no such section with lines in it.
    subscript(section: String) -> [String: String]? { self.sections[section] }

    private static func sectionName(_ header: Substring) -> String? {
        guard let end = header.firstIndex(of: "]") else { return nil }
        return header[..<end].dropFirst().split(whereSeparator: \.isWhitespace).joined(separator: " ").filter { $0 != "\"" && $0 != "'" }
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
