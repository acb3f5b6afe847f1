//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// HTTP header fields in their order; names compare without regard to case.
package struct HeaderList: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    package mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    package func values(of name: String) -> [String] {
        let name = name.lowercased()
        return fields.filter { $0.name.lowercased() == name }.map(\.value)
    }

    // The first value; setting replaces all values.
    package subscript(_ name: String) -> String? {
        get { values(of: name).first }
        set {
            let lowercased = name.lowercased()
            fields.removeAll { $0.name.lowercased() == lowercased }
            if let newValue { add(name, newValue) }
        }
    }

    // Without the fields that concern one connection only, those that Connection names, and those that the sender of a message sets.
    package func endToEnd() -> HeaderList {
        var dropped: Set<String> = [
            "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
            "upgrade", "host", "content-length", "expect",
        ]
        for value in values(of: "connection") {
            for token in value.split(separator: ",") { dropped.insert(token.lowercased().filter { $0 != " " && $0 != "\t" }) }
        }
        var rest = self
        rest.fields.removeAll { dropped.contains($0.name.lowercased()) }
        return rest
    }
}

extension HeaderList: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0, value: $1) }
    }
}
