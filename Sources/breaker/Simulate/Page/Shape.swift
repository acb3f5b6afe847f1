//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Outlines in a drawing that is 1,000 wide and 100 high and is stretched to its box.
enum Shape {
    static let width = 1000.0
    static let height = 100.0

    // Between two rows of values, straight from point to point.
    static func area(from lower: [Double], to upper: [Double], top: Double) -> String {
        guard zip(lower, upper).contains(where: { $0 != $1 }) else { return "" }
        let there = points(upper, top)
        let back = points(lower, top).reversed()
        return "M" + (there + back).joined(separator: "L") + "Z"
    }

    static func line(_ values: [Double], top: Double) -> String {
        "M" + points(values, top).joined(separator: "L")
    }

    // Between two rows of values, in steps.
    static func steps(from lower: [Double], to upper: [Double], top: Double) -> String {
        guard zip(lower, upper).contains(where: { $0 != $1 }) else { return "" }
        return "M" + (corners(upper, top) + corners(lower, top).reversed()).joined(separator: "L") + "Z"
    }

    // As short as it can be written.
    static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
    }

    // A value stands in the middle of its stretch of time; the first and the last reach to the edges.
    private static func points(_ values: [Double], _ top: Double) -> [String] {
        let last = values.count - 1
        var result: [String] = []
        for index in values.indices {
            let y = y(values[index], top)
            if index == 0 { result.append("0 \(y)") }
            // Within a level stretch no point adds anything.
            if index == 0 || index == last || values[index - 1] != values[index] || values[index + 1] != values[index] {
                result.append("\(number(width * (Double(index) + 0.5) / Double(values.count))) \(y)")
            }
            if index == last { result.append("\(number(width)) \(y)") }
        }
        return result
    }

    private static func corners(_ values: [Double], _ top: Double) -> [String] {
        var result: [String] = []
        for index in values.indices where index == 0 || values[index] != values[index - 1] {
            let x = number(width * Double(index) / Double(values.count))
            if index > 0 { result.append("\(x) \(y(values[index - 1], top))") }
            result.append("\(x) \(y(values[index], top))")
        }
        if let last = values.last { result.append("\(number(width)) \(y(last, top))") }
        return result
    }

    private static func y(_ value: Double, _ top: Double) -> String {
        number(height - min(value / top, 1) * height)
    }
}

// Where a y axis ends and which value it names.
struct Scale {
    let top: Double

    // A little above the greatest value, at a round number.
    init(_ greatest: Double) {
        guard greatest > 0 else {
            top = 1
            return
        }
        var unit = 1.0
        while unit * 10 <= greatest { unit *= 10 }
        while unit > greatest { unit /= 10 }
        let steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
        top = unit * (steps.first { unit * $0 >= greatest } ?? 10)
    }
}
