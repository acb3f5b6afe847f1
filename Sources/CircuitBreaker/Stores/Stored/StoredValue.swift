//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A value as a store keeps it: each store has its own notation for texts, numbers and lists, and what a list says of a reason, an order or a change is the same in all.
package protocol StoredValue {
    static func text(_ text: String) -> Self
    static func count(_ number: some BinaryInteger) -> Self
    static func list(_ elements: [Self]) -> Self
    static var absent: Self { get }

    var text: String? { get }
    var list: [Self]? { get }
    var isAbsent: Bool { get }
    // Any number: its whole part, as near as 64 bits come.
    var nearestNumber: Int64? { get }
}

extension StoredValue {
    package var nearestCount: Int? { nearestNumber.map { Int(clamping: $0) } }
}

extension Evidence.LastError {
    package func stored<Value: StoredValue>(as type: Value.Type = Value.self) -> Value { .list([.text(self.type), .text(reporter)]) }

    package init?(value: some StoredValue) {
        guard let elements = value.list, elements.count == 2, let type = elements[0].text, let reporter = elements[1].text else { return nil }
        self.init(type: type, reporter: reporter)
    }
}
