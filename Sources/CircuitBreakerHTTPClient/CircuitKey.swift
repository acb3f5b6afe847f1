//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import AsyncHTTPClient
import CircuitBreaker

#if canImport(FoundationEssentials)
    import struct FoundationEssentials.URL
#else
    import struct Foundation.URL
#endif

/// Keys of a ``CircuitBreaker/CircuitBreakerRegistry`` for requests.
public enum CircuitKey {
    /// One for each host and port: `example.com:443`.
    ///
    /// What an id of a circuit may not have is escaped, `_5B` for `[` say, so that no two hosts share a key. Sockets of this machine have keys of their own.
    /// - Parameter request: the request.
    /// - Returns: the key.
    /// - Throws: what the client would throw for an address without a host.
    public static func host(of request: HTTPClientRequest) throws -> String {
        // As the client reads it.
        guard let url = URL(string: request.url) else { throw HTTPClientError.invalidURL }
        guard let scheme = url.scheme?.lowercased() else { throw HTTPClientError.emptyScheme }
        switch scheme {
        case "http", "https":
            guard let host = url.host, !host.isEmpty else { throw HTTPClientError.emptyHost }
            return "\(CircuitBreakerRegistry.escaped(withoutBrackets(host).lowercased())):\(url.port ?? (scheme == "https" ? 443 : 80))"
        case "http+unix", "https+unix":
            guard let path = url.host, !path.isEmpty else { throw HTTPClientError.missingSocketPath }
            return socket(path)
        case "unix":
            let path = url.baseURL?.path ?? url.path
            guard !path.isEmpty else { throw HTTPClientError.missingSocketPath }
            return socket(path)
        default:
            throw HTTPClientError.unsupportedScheme(scheme)
        }
    }

    // No escaped host begins like this.
    private static func socket(_ path: String) -> String { "_unix:\(CircuitBreakerRegistry.escaped(path))" }

    private static func withoutBrackets(_ host: String) -> String {
        host.first == "[" && host.last == "]" ? String(host.dropFirst().dropLast()) : host
    }
}
