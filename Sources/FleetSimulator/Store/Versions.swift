//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// The record, and what it was a moment ago, which an eventually consistent read may still see.
struct Versions<Record> {
    private struct Earlier {
        var record: Record?
        var replacedAt: Milliseconds
    }

    private let staleness: Milliseconds
    private var earlier: [Earlier] = []
    private var first = 0
    private(set) var current: Record?

    init(staleness: Milliseconds) {
        self.staleness = staleness
    }

    // As it was so long ago.
    func at(age: Milliseconds, now: Milliseconds) -> Record? {
        for version in earlier[first...] where version.replacedAt > now - age { return version.record }
        return current
    }

    mutating func replace(with record: Record?, at now: Milliseconds) {
        let before = current
        current = record
        guard staleness > 0 else { return }
        earlier.append(Earlier(record: before, replacedAt: now))
        while first < earlier.count, earlier[first].replacedAt <= now - staleness { first += 1 }
        if first > 64, first * 2 > earlier.count {
            earlier.removeFirst(first)
            first = 0
        }
    }
}
