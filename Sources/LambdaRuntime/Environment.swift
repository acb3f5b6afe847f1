//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Environment variables, of which an empty one counts as absent.
package struct Environment: Sendable {
    private let lookup: @Sendable (String) -> String?

    package static let process = Environment { name in getenv(name).map { String(cString: $0) } }

    package init(_ variables: [String: String]) {
        self.init { variables[$0] }
    }

    private init(lookup: @escaping @Sendable (String) -> String?) {
        self.lookup = lookup
    }

    package subscript(name: String) -> String? {
        guard let value = lookup(name), !value.isEmpty else { return nil }
        return value
    }
}
