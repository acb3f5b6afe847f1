//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import SafeText

/// Why a call to AWS, or the preparation of one, failed.
public struct AWSError: Error, Sendable, Hashable {
    /// What kind of failure it was.
    public let code: Code
    /// What happened and, where that is known, how to fix it.
    ///
    /// Holds no secret.
    public let message: String
    /// Whether the service may have carried out the request anyway.
    public internal(set) var mayHaveBeenApplied: Bool
    /// What the service answered, when it answered with an error.
    public let answer: ServiceAnswer?

    init(_ code: Code, _ message: String, mayHaveBeenApplied: Bool = false, answer: ServiceAnswer? = nil) {
        self.code = code
        self.message = message
        self.mayHaveBeenApplied = mayHaveBeenApplied
        self.answer = answer
    }
}

extension AWSError {
    /// A kind of failure.
    ///
    /// More may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private let name: String

        private init(_ name: String) {
            self.name = name
        }

        /// The region, an endpoint or a profile is missing or makes no sense.
        public static let configuration = Code("configuration")
        /// No credentials were found, or their source failed.
        public static let credentials = Code("credentials")
        /// No connection could be made, so nothing was sent.
        public static let unreachable = Code("unreachable")
        /// This client has as many calls under way and waiting as it may, so nothing was sent.
        public static let busy = Code("busy")
        /// The connection ended before any byte of the answer arrived.
        public static let connectionLost = Code("connectionLost")
        /// The call took longer than it may.
        public static let timeLimit = Code("timeLimit")
        /// The task that made the call was cancelled.
        public static let cancelled = Code("cancelled")
        /// The service answered with an error: see ``AWSError/answer``.
        public static let service = Code("service")
        /// The answer was incomplete, too large, or not what the protocol says.
        public static let badAnswer = Code("badAnswer")
        /// The client was shut down.
        public static let shutDown = Code("shutDown")

        /// The name of the code.
        public var description: String { name }
    }

    /// Whether the service refused the request because there were too many.
    public var isThrottling: Bool {
        guard let answer else { return false }
        return answer.status == 429 || Self.throttlingCodes.contains(answer.code ?? "")
    }

    private static let throttlingCodes: Set<String> = [
        "BandwidthLimitExceeded", "LimitExceededException", "PriorRequestNotComplete", "ProvisionedThroughputExceededException",
        "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling",
        "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException",
    ]
}

extension AWSError: CustomStringConvertible {
    /// One line with all that is known of the failure, but for items of the table; without characters that control a terminal.
    public var description: String {
        var text = "\(code): \(message)"
        if let answer { text += " (\(answer))" }
        if mayHaveBeenApplied { text += "; the request may have been applied" }
        return text.escaped
    }
}
