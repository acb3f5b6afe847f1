//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import SafeText

/// Why a store's verb did not answer.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String { case unavailable, timedOut, throttled, misconfigured, unreadable }
        private let value: Value

        /// The store could not be reached, or answered with an error of its own.
        public static let unavailable = Code(value: .unavailable)
        /// The store did not answer in time.
        public static let timedOut = Code(value: .timedOut)
        /// The store asks for fewer requests.
        public static let throttled = Code(value: .throttled)
        /// The store cannot work as it is set up: no table, no credentials, no permission.
        public static let misconfigured = Code(value: .misconfigured)
        /// The store holds something that is no record.
        public static let unreadable = Code(value: .unreadable)

        /// The code's name.
        public var description: String { value.rawValue }
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened, and how to fix it if that is known.
    public var message: String
    /// Whether a write may have been applied although it was not acknowledged.
    public var mayHaveBeenApplied: Bool
    /// The error that caused this one, if any.
    public var underlyingError: (any Error)?

    /// Creates an error.
    public init(_ code: Code, _ message: String, mayHaveBeenApplied: Bool = true, underlyingError: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.mayHaveBeenApplied = mayHaveBeenApplied
        self.underlyingError = underlyingError
    }

    /// One line: the code, the message and the cause, without characters that control a terminal.
    public var description: String {
        ("store \(code): \(message)" + (underlyingError.map { " (\($0))" } ?? "")).escaped
    }

    package var failure: StoreFailure {
        StoreFailure(
            isThrottling: code == .throttled,
            mayHaveBeenApplied: mayHaveBeenApplied,
            isFinal: code == .misconfigured || code == .unreadable
        )
    }
}
