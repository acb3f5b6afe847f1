//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// What requests to DynamoDB cost: list price on demand in us-east-1, as published since November 2024.
public enum Price {
    /// Dollars for a million write request units.
    public static let millionWriteUnits = 0.625
    /// Dollars for a million read request units; an eventually consistent read of up to 4 KB takes half a unit.
    public static let millionReadUnits = 0.125

    static func dollars(readUnits: Double, writeUnits: Double) -> Double {
        (readUnits * millionReadUnits + writeUnits * millionWriteUnits) / 1_000_000
    }
}
