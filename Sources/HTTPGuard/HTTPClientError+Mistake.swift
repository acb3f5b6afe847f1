//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

#if DynamoDB || HTTPClient
    package import AsyncHTTPClient

    extension HTTPClientError {
        /// Whether the request, or the client's own configuration, is such that no server was asked.
        package var isCallersMistake: Bool {
            let text = description
            return Self.mistakes.contains(self) || text.contains("invalidHeaderField") || text.contains("unsupportedScheme")
        }

        private static var mistakes: [HTTPClientError] {
            [
                .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath, .alreadyShutdown, .identityCodingIncorrectlyPresent,
                .contentLengthMissing, .traceRequestWithBody, .bodyLengthMismatch, .writeAfterRequestSent,
                .invalidRedirectConfiguration, .invalidHTTPVersionConfiguration, .invalidDNSOverridesConfiguration,
                .invalidLocalAddress, .invalidProxyConfiguration,
            ]
        }
    }
#endif
