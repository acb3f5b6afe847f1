//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// How a client names a permit: which sidecar gave it, and its number there.
struct PermitToken: Hashable, CustomStringConvertible {
    let sidecar: UInt64
    let number: UInt64

    init(sidecar: UInt64, number: UInt64) {
        self.sidecar = sidecar
        self.number = number
    }

    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let sidecar = UInt64(parts[0], radix: 36), let number = UInt64(parts[1], radix: 36) else { return nil }
        self.init(sidecar: sidecar, number: number)
        // One spelling only: no sign, no leading zero, no capital.
        guard description == text else { return nil }
    }

    var description: String { "\(String(sidecar, radix: 36))-\(String(number, radix: 36))" }
}
