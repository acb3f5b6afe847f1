//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker

// The address of an upstream: scheme, host, port, and what all paths begin with.
package struct UpstreamURL: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    // An IPv6 address has its brackets.
    package let authority: String
    package let host: String
    package let port: Int
    // Empty, or begins with a slash and does not end with one.
    package let basePath: String

    package static let allowed = "an address such as http://127.0.0.1:9000 or https://example.com/api"

    package init(_ text: String, setting: String = "UPSTREAM_URL") throws(ConfigurationError) {
        func invalid() -> ConfigurationError {
            ConfigurationError(setting: setting, value: "\"\(text)\"", allowed: Self.allowed)
        }
        let lowercased = text.lowercased()
        let rest: Substring
        if lowercased.hasPrefix("http://") {
            isSecure = false
            rest = text.dropFirst(7)
        } else if lowercased.hasPrefix("https://") {
            isSecure = true
            rest = text.dropFirst(8)
        } else {
            throw invalid()
        }
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path = path.dropLast() }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !#"?#"<>\^`{|}"#.utf8.contains($0) }), !DotSegments.lead(upIn: String(path))
        else { throw invalid() }

        let host: Substring
        let end: Substring.Index
        if authority.first == "[" {
            guard let bracket = authority.firstIndex(of: "]") else { throw invalid() }
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            end = authority.index(after: bracket)
            guard host.contains(":"),
                host.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
            else { throw invalid() }
        } else {
            end = authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<end]
            let isAllowed = host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_") }
            guard isAllowed, !host.isEmpty, host.first != ".", host.first != "-" else { throw invalid() }
        }
        let suffix = authority[end...]
        if suffix.isEmpty {
            port = isSecure ? 443 : 80
        } else {
            let digits = suffix.dropFirst()
            guard suffix.first == ":", digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits), (1...65535).contains(number)
            else { throw invalid() }
            port = number
        }
        self.authority = String(authority)
        self.host = String(host)
        basePath = String(path)
    }

    package var description: String { "\(isSecure ? "https" : "http")://\(authority)\(basePath)" }

    // Whether a server might take the path for one that is not below the base path.
    package func isLeft(by path: String) -> Bool {
        !basePath.isEmpty && DotSegments.lead(upIn: path)
    }

    // A path always begins with a slash here, so that no request can lead to another host.
    package func address(path: String, query: String?) -> String {
        "\(self)\(path.hasPrefix("/") ? "" : "/")\(path)\(query.map { "?\($0)" } ?? "")"
    }
}
