//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Environment variables, of this process or made up.
///
/// An empty variable counts as unset, as in the AWS SDKs.
public struct ProcessEnvironment: Sendable {
    private let lookup: @Sendable (String) -> String?

    /// The variables of this process.
    public static let current = ProcessEnvironment { name in
        getenv(name).map { String(cString: $0) }
    }

    /// Creates an environment from a function.
    ///
    /// - Parameter lookup: Gives the value of the variable with a name.
    public init(_ lookup: @escaping @Sendable (String) -> String?) {
        self.lookup = lookup
    }

    /// Creates an environment from a dictionary.
    ///
    /// - Parameter variables: The values by name.
    public init(_ variables: [String: String]) {
        self.init { variables[$0] }
    }

    /// The value of a variable, or nil when it is unset or empty.
    public subscript(name: String) -> String? {
        guard let value = lookup(name), !value.isEmpty else { return nil }
        return value
    }
}
