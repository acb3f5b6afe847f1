//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// The name of an attribute that holds a part of the window.
//
// It carries the epoch: a change of state cannot remove what it does not know, and so what other epochs left is recognised and ignored
// until a writer who has seen it removes it. All attributes stay at the top level, where alone `ADD` is documented to work.
struct BucketName: Hashable, Sendable {
    enum Kind: Character, Sendable {
        case counts = "b"
        case reporters = "r"
    }

    private static let prefix = "cb_"

    var kind: Kind
    var start: Timestamp
    var epoch: Epoch

    init(_ kind: Kind, start: Timestamp, epoch: Epoch) {
        self.kind = kind
        self.start = start
        self.epoch = epoch
    }

    init?(_ attribute: String) {
        let name = attribute.dropFirst(Self.prefix.count)
        let parts = name.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard attribute.hasPrefix(Self.prefix), let kind = name.first.flatMap({ Kind(rawValue: $0) }), parts.count == 2,
            let start = Int64(parts[0], radix: 36), let epoch = Int64(parts[1], radix: 36)
        else { return nil }
        self.init(kind, start: Timestamp(milliseconds: start), epoch: Epoch(rawValue: epoch))
        guard self.attribute == attribute else { return nil }
    }

    var attribute: String {
        "\(Self.prefix)\(kind.rawValue)\(String(start.milliseconds, radix: 36)):\(String(epoch.rawValue, radix: 36))"
    }
}
