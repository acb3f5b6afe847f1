//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// An order as a list: kind, end in milliseconds or null, by, why.
extension CircuitOrder {
    package func stored<Value: StoredValue>(as type: Value.Type = Value.self) -> Value {
        .list([.text(kind.rawValue), until.map { .count($0.milliseconds) } ?? .absent, .text(by), .text(why)])
    }

    package init?(value: some StoredValue) {
        guard let elements = value.list, elements.count >= 4, let kind = elements[0].text.flatMap({ Kind(rawValue: $0) }),
            let by = elements[2].text, let why = elements[3].text
        else { return nil }
        let end = elements[1].nearestNumber
        guard end != nil || elements[1].isAbsent else { return nil }
        self.init(kind, until: end.map { Timestamp(milliseconds: $0) }, by: by.shortenedAsOrder, why: why.shortenedAsOrder)
    }
}
