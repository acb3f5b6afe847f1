//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

// Permits that are open, by number, and in the order in which they were given, for all circuits and for each.
package struct PermitTable<Holder> {
    private struct Entry {
        var circuit: String
        var holder: Holder
        var end: Timestamp
        // Of the same circuit, the one given before and the one given after.
        var previous: UInt64?
        var next: UInt64?
    }

    private struct Line {
        var first: UInt64
        var last: UInt64
        var count: Int
    }

    private let capacity: Int
    private var entries: [UInt64: Entry] = [:]
    private var lines: [String: Line] = [:]
    private var latest: UInt64 = 0
    // None that is open has a lower number.
    private var lowest: UInt64 = 1

    package init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    package var count: Int { entries.count }

    package func count(of circuit: String) -> Int { lines[circuit]?.count ?? 0 }

    // The permit's number, and the oldest of all if it had to make room.
    package mutating func add(_ holder: Holder, of circuit: String, until end: Timestamp) -> (number: UInt64, displaced: Holder?) {
        let displaced = entries.count < capacity ? nil : takeOldest()
        latest += 1
        entries[latest] = Entry(circuit: circuit, holder: holder, end: end)
        if var line = lines[circuit] {
            entries[line.last]?.next = latest
            entries[latest]?.previous = line.last
            line.last = latest
            line.count += 1
            lines[circuit] = line
        } else {
            lines[circuit] = Line(first: latest, last: latest, count: 1)
        }
        return (latest, displaced)
    }

    // Nil: it is not open, or of another circuit.
    package mutating func take(_ number: UInt64, of circuit: String) -> Holder? {
        entries[number]?.circuit == circuit ? remove(number) : nil
    }

    package mutating func takeOldest(of circuit: String) -> Holder? {
        lines[circuit].flatMap { remove($0.first) }
    }

    package mutating func takeLapsed(at now: Timestamp) -> [Holder] {
        entries.filter { $0.value.end <= now }.keys.sorted().compactMap { remove($0) }
    }

    package mutating func takeAll() -> [Holder] {
        entries.keys.sorted().compactMap { remove($0) }
    }

    private mutating func takeOldest() -> Holder? {
        while lowest <= latest {
            if let holder = remove(lowest) { return holder }
            lowest += 1
        }
        return nil
    }

    private mutating func remove(_ number: UInt64) -> Holder? {
        guard let entry = entries.removeValue(forKey: number), var line = lines[entry.circuit] else { return nil }
        if let previous = entry.previous { entries[previous]?.next = entry.next }
        if let next = entry.next { entries[next]?.previous = entry.previous }
        line.count -= 1
        if let first = entry.next, line.first == number { line.first = first }
        if let last = entry.previous, line.last == number { line.last = last }
        lines[entry.circuit] = line.count > 0 ? line : nil
        return entry.holder
    }
}
