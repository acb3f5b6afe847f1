//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// The sections of a shared config or credentials file, read as the AWS CLI reads it: by the rules of Python's configparser.
struct ProfileFile: Sendable {
    /// A section's keys in lower case, and their values.
    ///
    /// A value of several lines begins with a line end if nothing follows its `=`.
    typealias Section = [String: String]

    /// The sections in the order of the file.
    let sections: [(name: String, values: Section)]

    /// Reads the file's text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - path: Where it came from, for the error.
    /// - Throws: ``AWSError`` with code `configuration` for a file that the AWS CLI refuses, since half a file is no configuration.
    init(_ text: String, path: String) throws(AWSError) {
        var reader = ProfileFileReader()
        do throws(ProfileFileReader.Failure) {
            for line in Self.lines(of: text) { try reader.read(line) }
            sections = try reader.finish()
        } catch {
            throw AWSError(.configuration, "\(path), line \(error.line): \(error.problem)")
        }
    }

    /// The values of the section with just this name; nil when there is none.
    subscript(name: String) -> Section? { sections.first { $0.name == name }?.values }

    /// The sections named `kind NAME`, by what follows the kind, as a shell would split it.
    ///
    /// - Parameter kind: For example `profile`.
    /// - Returns: Those with one name; of two with the same the later.
    func named(_ kind: String) -> [String: Section] {
        var named: [String: Section] = [:]
        for section in sections where section.name.hasPrefix(kind) {
            if let words = ShellWords.split(section.name), words.count == 2 { named[words[1]] = section.values }
        }
        return named
    }

    /// The lines below a key without a value, each a key and a value of its own.
    static func nested(in value: String) -> Section {
        var nested: Section = [:]
        for line in value.split(separator: "\n") {
            guard let equals = line.unicodeScalars.firstIndex(of: "=") else { continue }
            let key = String(line.unicodeScalars[..<equals].trimmed)
            nested[key] = String(line.unicodeScalars[line.unicodeScalars.index(after: equals)...].trimmed)
        }
        return nested
    }

    /// By scalars: to Swift, a carriage return and the line feed after it are one character.
    private static func lines(of text: String) -> [Substring.UnicodeScalarView] {
        var scalars = text.unicodeScalars[...]
        var lines: [Substring.UnicodeScalarView] = []
        while let end = scalars.firstIndex(where: { $0 == "\n" || $0 == "\r" }) {
            lines.append(scalars[..<end])
            let isPair = scalars[end...].prefix(2).elementsEqual("\r\n".unicodeScalars)
            scalars = scalars[end...].dropFirst(isPair ? 2 : 1)
        }
        return lines + [scalars]
    }
}
