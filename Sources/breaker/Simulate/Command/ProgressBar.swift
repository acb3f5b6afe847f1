//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// How far a simulation is, on one line that is written over.
final class ProgressBar: Sendable {
    private let width: Int
    private let isColored: Bool
    private let shown = Mutex(-1)

    init(width: Int, isColored: Bool) {
        self.width = width
        self.isColored = isColored
    }

    func update(_ share: Double, _ name: String) {
        let percent = Int((min(1, max(0, share)) * 100).rounded(.down))
        // Under the lock, so that no older line comes after a newer one.
        shown.withLock { last in
            guard percent > last else { return }
            last = percent
            Output.writeStyledError("\r" + line(percent, name))
        }
    }

    func clear() {
        shown.withLock { last in
            if last >= 0 { Output.writeStyledError("\r\u{1B}[K") }
            last = 100
        }
    }

    private func line(_ percent: Int, _ name: String) -> String {
        let cells = max(10, min(40, width - 50))
        let done = cells * percent / 100
        let bar = String(repeating: "━", count: done)
        let rest = String(repeating: isColored ? "━" : "─", count: cells - done)
        let number = String(repeating: " ", count: percent < 10 ? 2 : percent < 100 ? 1 : 0) + "\(percent) %"
        let room = max(0, width - cells - number.count - 5)
        let parts = isColored ? "\u{1B}[36m\(bar)\u{1B}[90m\(rest)\u{1B}[0m" : bar + rest
        return "\(parts) \(number)  \(name.prefix(room))\u{1B}[K"
    }
}
