//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Where the Runtime API listens.
package struct RuntimeAPIAddress: Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int

    /// Nil where there is no Runtime API, which is everywhere but on Lambda.
    package init?(_ environment: Environment) throws {
        let name = "AWS_LAMBDA_RUNTIME_API"
        guard let value = environment[name] else { return nil }
        guard let colon = value.lastIndex(of: ":"), colon != value.startIndex,
            let port = Int(value[value.index(after: colon)...]), (1...65_535).contains(port)
        else {
            throw InvalidSetting(name: name, value: value, expected: "host:port")
        }
        host = String(value[..<colon])
        self.port = port
    }

    package var description: String { "\(host):\(port)" }
}
