//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Reads a time, of credentials or of an event, in all the forms in which botocore takes one: ISO 8601, RFC 1123, and what else is a date, a time and a zone.
package struct LenientTimestamp {
    private enum Token: Equatable {
        case number(String)
        case word(String)
        case symbol(Character)
    }

    private var tokens: ArraySlice<Token>
    private var date: [DatePart] = []
    private var time: (hour: Int, minute: Int, second: Int)?
    /// What the zone is ahead of UTC, in seconds.
    private var offset: Int?
    private var isAfternoon: Bool?

    /// The time in milliseconds since 1970; nil for a text that is no time, or one of no certain zone.
    package static func parse(_ text: String) -> Int64? {
        guard text.utf8.count <= 100, let tokens = self.tokens(of: text) else { return nil }
        var parser = LenientTimestamp(tokens: tokens[...])
        while let token = parser.tokens.popFirst() {
            guard parser.take(token) else { return nil }
        }
        return parser.result
    }

    private init(tokens: ArraySlice<Token>) {
        self.tokens = tokens
    }

    private var result: Int64? {
        guard var time, let offset, let date = DatePart.resolve(self.date) else { return nil }
        if let isAfternoon {
            guard 1...12 ~= time.hour else { return nil }
            time.hour = time.hour % 12 + (isAfternoon ? 12 : 0)
        }
        let clock = (time.hour, time.minute, time.second)
        return DateText.milliseconds(year: date.year, month: date.month, day: date.day, time: clock).map { $0 - Int64(offset) * 1_000 }
    }

    private mutating func take(_ token: Token) -> Bool {
        switch token {
        case .symbol(let symbol): return " -/.,\t\n".contains(symbol)
        case .word(let word): return self.takeWord(word)
        case .number(let digits):
            if tokens.first == .symbol(":") { return takeTime(digits) }
            if date.isEmpty, digits.count >= 8 { return takeBasic(digits) }
            date.append(.number(digits))
            return true
        }
    }

    private mutating func takeWord(_ word: String) -> Bool {
        let name = word.lowercased()
        if name == "z" || word == "UTC" || word == "GMT" {
            guard offset == nil else { return false }
            offset = 0
            // POSIX has it that UTC+3 is three hours behind.
            return takeOffset(positive: "-")
        }
        if name == "am" || name == "pm" {
            isAfternoon = name == "pm"
            return time != nil
        }
        if name == "t" { return takeTimeAfterT() }
        if let month = DateText.monthNames.firstIndex(where: { $0 == name || $0.prefix(3) == name }) {
            date.append(.month(month + 1))
            return true
        }
        return DateText.weekdayNames.contains { $0 == name || $0.prefix(3) == name }
    }

    private mutating func takeTimeAfterT() -> Bool {
        guard case .number(let digits)? = self.tokens.popFirst() else { return false }
        return self.tokens.first == .symbol(":") ? takeTime(digits) : takeClock(digits)
    }

    /// `20261124` or `20261124063100`.
    private mutating func takeBasic(_ digits: String) -> Bool {
        date = [
            .number(String(digits.prefix(4))), .number(String(digits.dropFirst(4).prefix(2))), .number(String(digits.dropFirst(6).prefix(2))),
        ]
        return digits.count == 8 || digits.count >= 12 && takeClock(String(digits.dropFirst(8)))
    }

    /// `06`, `0631` or `063100`.
    private mutating func takeClock(_ digits: String) -> Bool {
        guard [2, 4, 6].contains(digits.count), let value = Int(digits) else { return false }
        let padded = value * [2: 10_000, 4: 100, 6: 1][digits.count, default: 1]
        return set(hour: padded / 10_000, minute: padded / 100 % 100, second: padded % 100)
    }

    /// `06:31` or `06:31:00`.
    private mutating func takeTime(_ hour: String) -> Bool {
        guard let hour = Int(hour), let minute = takeColonAndNumber() else { return false }
        guard tokens.first == .symbol(":") else { return set(hour: hour, minute: minute, second: 0) }
        guard let second = takeColonAndNumber() else { return false }
        return set(hour: hour, minute: minute, second: second)
    }

    private mutating func takeColonAndNumber() -> Int? {
        guard self.tokens.popFirst() == .symbol(":"), case .number(let digits)? = self.tokens.popFirst(), digits.count <= 2 else { return nil }
        return Int(digits)
    }

    private mutating func set(hour: Int, minute: Int, second: Int) -> Bool {
        guard time == nil, second < 60 else { return false }
        time = (hour, minute, second)
        if let point = tokens.first, point == .symbol(".") || point == .symbol(",") {
            guard case .number? = tokens.dropFirst().first else { return false }
            tokens = tokens.dropFirst(2)
        }
        return takeOffset(positive: "+")
    }

    /// `+1`, `+01`, `+0100` or `+01:00`, if there is one; an incomplete one is none.
    private mutating func takeOffset(positive: Character) -> Bool {
        let rest = tokens.first == .symbol(" ") ? tokens.dropFirst() : tokens
        guard case .symbol(let sign)? = rest.first, sign == "+" || sign == "-", case .number(let digits)? = rest.dropFirst().first else {
            return true
        }
        tokens = rest.dropFirst(2)
        guard [1, 2, 4].contains(digits.count), let value = Int(digits) else { return false }
        var seconds = digits.count == 4 ? value / 100 * 3_600 + value % 100 * 60 : value * 3_600
        if digits.count < 4, tokens.first == .symbol(":") {
            guard let minutes = takeColonAndNumber() else { return false }
            seconds += minutes * 60
        }
        guard seconds < 86_400, tokens.first != .symbol(":") else { return false }
        offset = sign == positive ? seconds : -seconds
        return true
    }

    private static func tokens(of text: String) -> [Token]? {
        var tokens: [Token] = []
        var rest = text[...]
        while let first = rest.first {
            guard first.isASCII else { return nil }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let letters = rest.prefix { $0.isASCII && $0.isLetter }
            tokens.append(!digits.isEmpty ? .number(String(digits)) : !letters.isEmpty ? .word(String(letters)) : .symbol(first))
            rest = rest.dropFirst(max(1, digits.count, letters.count))
        }
        return tokens
    }
}

/// A day, a month or a year.
private enum DatePart {
    case number(String)
    case month(Int)

    private var number: Int? {
        if case .number(let digits) = self, digits.count <= 4 { Int(digits) } else { nil }
    }

    private var month: Int? {
        if case .month(let month) = self { month } else { nil }
    }

    /// Of two digits: of a century around now.
    private var year: Int? {
        guard case .number(let digits) = self, let number else { return nil }
        return digits.count > 2 ? number : number + (number < 70 ? 2_000 : 1_900)
    }

    private var isYear: Bool {
        if case .number(let digits) = self { digits.count > 2 || (self.number ?? 0) > 31 } else { false }
    }

    /// The year where it must be it, or else the last; the month by its name, by its place after a year, or first as Americans write it.
    static func resolve(_ parts: [DatePart]) -> (year: Int?, month: Int, day: Int?)? {
        guard parts.count == 3 else { return nil }
        if let index = parts.firstIndex(where: { $0.month != nil }), let month = parts[index].month {
            let others = parts.indices.filter { $0 != index }.map { parts[$0] }
            let (year, day) = others[0].isYear ? (others[0], others[1]) : (others[1], others[0])
            return (year.year, month, day.number)
        }
        guard let first = parts[0].number, let second = parts[1].number, let third = parts[2].number else { return nil }
        if parts[0].isYear { return (parts[0].year, second, third) }
        return first > 12 ? (parts[2].year, second, first) : (parts[2].year, first, second)
    }
}
