//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker

// Values of options. A wrong one is reported with what it may be; the parser adds the option's name and the value.
enum Arguments {
    static func count(from least: Int = 1, to most: Int = .max) -> @Sendable (String) throws -> Int {
        { text in
            guard let number = Int(text), number >= least, number <= most else {
                throw ValidationError("must be a whole number, \(most == .max ? "at least \(least)" : "from \(least) to \(most)")")
            }
            return number
        }
    }

    static func share(orZero: Bool = true) -> @Sendable (String) throws -> Double {
        { text in
            guard let number = Double(text), (0...1).contains(number), orZero || number > 0 else {
                throw ValidationError("must be a number \(orZero ? "from 0 to 1" : "above 0, at most 1")")
            }
            return number
        }
    }

    // A number with its unit: 250ms, 1.5s, 5m, 1h. Only zero may be bare.
    static func duration(orZero: Bool = false) -> @Sendable (String) throws -> Duration {
        { text in
            let kind = SettingKind.duration(orZero: orZero)
            guard case .duration(let duration) = kind.value(of: text, as: .option) else {
                throw ValidationError("must be \(kind.allowed(as: .option))")
            }
            return duration
        }
    }

    // The parser takes an error of another kind for a command that failed.
    static func asUsage(_ check: () throws -> Void) throws {
        do {
            try check()
        } catch let error as ConfigurationError {
            throw ValidationError("\(error)")
        }
    }
}

extension Duration {
    // As people write it: 250 ms, 10 s, 5 min.
    var text: String {
        let milliseconds = self.milliseconds
        if milliseconds >= 120_000, milliseconds % 60_000 == 0 { return "\(milliseconds / 60_000) min" }
        if milliseconds >= 1000 { return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(Double(milliseconds) / 1000) s" }
        return "\(milliseconds) ms"
    }
}
