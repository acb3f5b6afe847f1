//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A setting of each kind, by where its value is. An optional value can be switched off.
extension Setting {
    package typealias Place<Value> = any WritableKeyPath<Subject, Value> & Sendable

    package static func whole(_ name: String, _ range: ClosedRange<Int>, _ code: String, _ place: Place<Int>, _ meaning: String) -> Self {
        Setting(name, code, .whole(range), meaning) {
            .whole($0[keyPath: place])
        } write: {
            if case .whole(let number) = $1 { $0[keyPath: place] = number }
        }
    }

    package static func share(_ name: String, orZero: Bool = true, _ code: String, _ place: Place<Double>, _ meaning: String) -> Self {
        Setting(name, code, .share(orZero: orZero), meaning) {
            .number($0[keyPath: place])
        } write: {
            if case .number(let number) = $1 { $0[keyPath: place] = number }
        }
    }

    package static func share(_ name: String, orZero: Bool = true, _ code: String, orOff place: Place<Double?>, _ meaning: String) -> Self {
        Setting(name, code, .share(orZero: orZero), meaning, hasOff: true) {
            $0[keyPath: place].map { .number($0) }
        } write: {
            if case .number(let number) = $1 { $0[keyPath: place] = number } else { $0[keyPath: place] = nil }
        }
    }

    package static func duration(_ name: String, orZero: Bool = false, _ code: String, _ place: Place<Duration>, _ meaning: String) -> Self {
        Setting(name, code, .duration(orZero: orZero), meaning) {
            .duration($0[keyPath: place])
        } write: {
            if case .duration(let duration) = $1 { $0[keyPath: place] = duration }
        }
    }

    package static func duration(
        _ name: String,
        orZero: Bool = false,
        hasOff: Bool = true,
        _ code: String,
        orOff place: Place<Duration?>,
        _ meaning: String
    ) -> Self {
        Setting(name, code, .duration(orZero: orZero), meaning, hasOff: hasOff) {
            $0[keyPath: place].map { .duration($0) }
        } write: {
            if case .duration(let duration) = $1 { $0[keyPath: place] = duration } else { $0[keyPath: place] = nil }
        }
    }

    package static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String,
        _ code: String,
        _ place: Place<Choice>,
        _ meaning: String
    ) -> Self {
        Setting(name, code, .choice(Choice.allCases.map(\.rawValue)), meaning) {
            .word($0[keyPath: place].rawValue)
        } write: {
            if case .word(let word) = $1, let choice = Choice(rawValue: word) { $0[keyPath: place] = choice }
        }
    }
}
