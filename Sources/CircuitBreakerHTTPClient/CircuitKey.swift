//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import AsyncHTTPClient

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
            return "\(escaped(withoutBrackets(host).lowercased())):\(url.port ?? (scheme == "https" ? 443 : 80))"
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

    /// A text as a part of a circuit's id, the same for no other text.
    ///
    /// Letters, digits, `.` and `-` stand for themselves; each byte of anything else becomes `_` and two hexadecimal digits.
    /// - Parameter text: the text.
    /// - Returns: the escaped text.
    public static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "_\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
            }
        }
        return result
    }

    // No escaped host begins like this.
    private static func socket(_ path: String) -> String { "_unix:\(escaped(path))" }

    private static func withoutBrackets(_ host: String) -> String {
        host.first == "[" && host.last == "]" ? String(host.dropFirst().dropLast()) : host
    }
}
