//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// Names one process that uses circuits: a Lambda execution environment, a server.
public struct EnvironmentID: RawRepresentable, Hashable, Comparable, Sendable {
    /// The name; unique in the fleet.
    public var rawValue: String

    /// Creates an environment's name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Creates a random name of twelve characters.
    public static func random() -> EnvironmentID {
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        return EnvironmentID(rawValue: String((0..<12).map { _ in letters[Int.random(in: 0..<letters.count)] }))
    }

    // Where the chance of an environment's circuit comes from: its name is random already, and with a name of its own a test has the same chance each time.
    func seed(for circuit: String) -> UInt64 {
        "\(circuit) \(rawValue)".utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// The order of the names.
    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.rawValue < rhs.rawValue
    }
}

/// Names one attempt of one environment to change a record, so that it recognises its own write when the reply was lost.
public struct WriterToken: Hashable, Sendable {
    /// Who wrote.
    public var environment: EnvironmentID
    /// Which of its writes it was.
    public var nonce: UInt64

    /// Creates a token.
    public init(environment: EnvironmentID, nonce: UInt64) {
        self.environment = environment
        self.nonce = nonce
    }
}
