//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What the JSON of policies has in common: durations are whole milliseconds with the unit in the member's name, what is missing keeps its default, and a
// member that nobody knows is an error.
struct PolicyMember: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Decoder {
    func refuseMembers<Key: CodingKey & CaseIterable>(otherThan _: Key.Type) throws {
        let known = Set(Key.allCases.map(\.stringValue))
        let members = try container(keyedBy: PolicyMember.self).allKeys.map(\.stringValue)
        guard let other = members.sorted().first(where: { !known.contains($0) }) else { return }
        let message = "unknown member \(other); there are \(Key.allCases.map(\.stringValue).joined(separator: ", "))"
        throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: message))
    }

    // What was read must be usable.
    func check(_ validate: () throws(ConfigurationError) -> Void) throws {
        do {
            try validate()
        } catch {
            throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: "\(error)", underlyingError: error))
        }
    }
}

extension KeyedDecodingContainer {
    func duration(_ key: Key) throws -> Duration? {
        try decodeIfPresent(Int64.self, forKey: key).map { .milliseconds($0) }
    }
}

extension KeyedEncodingContainer {
    mutating func encode(_ duration: Duration, forKey key: Key) throws {
        try encode(duration.milliseconds, forKey: key)
    }
}
