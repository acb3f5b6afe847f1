//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What a setting's value may be.
package enum SettingKind: Sendable {
    case whole(ClosedRange<Int>)
    case share(orZero: Bool)
    case duration(orZero: Bool)
    case choice([String])
    case text(what: String, isAllowed: @Sendable (String) -> Bool)

    package func value(of text: String, as form: SettingForm) -> SettingValue? {
        switch self {
        case .whole(let range):
            guard let number = Int(text), range.contains(number) else { return nil }
            return .whole(number)
        case .share(let orZero):
            guard let number = Double(text), (0...1).contains(number), orZero || number > 0 else { return nil }
            return .number(number)
        case .duration(let orZero):
            let duration =
                switch form {
                case .variable, .key: Int64(text).map { Duration.milliseconds($0) }
                case .option: TimeUnit.duration(text)
                }
            guard let duration, duration <= ConfigurationError.longest, orZero ? duration >= .zero : duration > .zero else { return nil }
            return .duration(duration)
        case .choice(let words):
            return words.contains(text) ? .word(text) : nil
        case .text(_, let isAllowed):
            return isAllowed(text) ? .word(text) : nil
        }
    }

    package func allowed(as form: SettingForm) -> String {
        switch self {
        case .whole(let range):
            range.upperBound == .max
                ? "a whole number, at least \(range.lowerBound)" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .share(let orZero): orZero ? "a number from 0 to 1" : "a number above 0 and at most 1"
        case .duration(let orZero):
            switch form {
            case .variable, .key: "a whole number of milliseconds, at least \(orZero ? 0 : 1) and at most 366 days"
            case .option: TimeUnit.allowed(orZero: orZero)
            }
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .text(let what, _): what
        }
    }
}

// How a value is written: a variable and a configuration's key have its unit in their names, an option in its value.
package enum SettingForm: Hashable, Sendable {
    case variable(prefix: String?)
    case key
    case option

    // The setting's name, as it is given in this way.
    package func title<Subject>(of setting: Setting<Subject>) -> String {
        switch self {
        case .variable(let prefix): Subject.namespace + (prefix.map { $0 + "_" } ?? "") + setting.name
        case .key: setting.key
        case .option: "--" + setting.option
        }
    }
}

package enum SettingValue: Hashable, Sendable {
    case whole(Int)
    case number(Double)
    case duration(Duration)
    case word(String)
    case off

    // As a variable has it.
    package var text: String {
        switch self {
        case .whole(let number): "\(number)"
        case .number(let number): number == number.rounded() ? "\(Int(number))" : "\(number)"
        case .duration(let duration): "\(duration.milliseconds)"
        case .word(let word): word
        case .off: "off"
        }
    }
}
