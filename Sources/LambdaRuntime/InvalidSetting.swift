//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// A variable whose value does not parse.
struct InvalidSetting: Error, CustomStringConvertible {
    let name: String
    let value: String
    let expected: String

    var description: String { "\(name) is \"\(value)\", but must be \(expected)" }
}
