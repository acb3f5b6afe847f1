//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

// Numbers as people read them; the same on every machine.
enum NumberText {
    static func count(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
        var digits = String(Int(number.rounded().magnitude))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits = String(digits.dropLast(3))
        }
        return (number <= -0.5 ? "−" : "") + ([digits] + groups).joined(separator: ",")
    }

    static func count(_ number: Int) -> String {
        count(Double(number))
    }

    static func fixed(_ number: Double, _ digits: Int) -> String {
        guard digits > 0, number.isFinite, abs(number) < 1e12 else { return count(number) }
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let parts = Int((number.magnitude * Double(scale)).rounded())
        let fraction = String(parts % scale)
        let text = "\(count(parts / scale)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
        return number < 0 && parts > 0 ? "−\(text)" : text
    }

    // Three digits that matter, and no zeros behind the point.
    static func short(_ number: Double) -> String {
        let digits = number.magnitude >= 100 || number == 0 ? 0 : number.magnitude >= 10 ? 1 : number.magnitude >= 0.1 ? 2 : 4
        var text = fixed(number, digits)
        if text.contains(".") {
            while text.last == "0" { text.removeLast() }
            if text.last == "." { text.removeLast() }
        }
        return text
    }

    static func seconds(_ milliseconds: Milliseconds) -> String {
        "\(fixed(Double(milliseconds) / 1000, 1)) s"
    }

    static func span(_ milliseconds: Milliseconds) -> String {
        if milliseconds >= 3_600_000, milliseconds % 3_600_000 == 0 { return "\(milliseconds / 3_600_000) h" }
        if milliseconds >= 120_000, milliseconds % 60_000 == 0 { return "\(milliseconds / 60_000) min" }
        return milliseconds < 1000 ? "\(milliseconds) ms" : "\(short(Double(milliseconds) / 1000)) s"
    }

    // 1:30, as on a clock.
    static func clock(_ seconds: Int) -> String {
        let rest = String(seconds % 60)
        return "\(seconds / 60):\(rest.count < 2 ? "0" : "")\(rest)"
    }

    static func percent(_ share: Double) -> String {
        let percent = share * 100
        return percent > 0 && percent < 0.1 ? "< 0.1 %" : "\(fixed(percent, percent < 10 || percent > 99 && percent < 100 ? 1 : 0)) %"
    }
}
