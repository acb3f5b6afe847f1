//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Where a service is reached: an http or https URL without user, query or fragment.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// The URL, without a slash at its end.
    public let url: String
    /// Whether connections are encrypted.
    public let isSecure: Bool
    /// The host in lower case, an IPv6 address without its brackets.
    public let hostname: String
    /// What the host header says: the host, and the port unless the scheme implies it.
    let authority: String
    /// What comes after host and port, without a slash at its end.
    let path: String

    /// The URL.
    public var description: String { url }

    /// Reads a URL.
    ///
    /// - Parameters:
    ///   - text: The URL.
    ///   - setting: The name of the setting it came from, for the error.
    /// - Throws: ``AWSError`` with code `configuration` that names the setting.
    public init(_ text: String, setBy setting: String) throws(AWSError) {
        guard let endpoint = Endpoint(parsing: text) else {
            throw AWSError(.configuration, "\(setting) is not a URL such as https://host or http://host:8000")
        }
        self = endpoint
    }

    private init?(parsing text: String) {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https", text.dropFirst(scheme.count).hasPrefix("://") else { return nil }
        let rest = text.dropFirst(scheme.count + 3)
        let location = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(location.count)
        while path.last == "/" { path.removeLast() }
        guard path.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), !path.contains("#"), !path.contains("?") else { return nil }
        guard let (host, port) = Self.split(location) else { return nil }

        let isSecure = scheme == "https"
        let bracketed = host.contains(":") ? "[\(host)]" : host
        self.isSecure = isSecure
        hostname = host
        authority = port.flatMap { $0 == (isSecure ? 443 : 80) ? nil : "\(bracketed):\($0)" } ?? bracketed
        self.path = String(path)
        url = "\(scheme)://\(authority)\(path)"
    }

    private static func split(_ location: Substring) -> (host: String, port: UInt16?)? {
        let isAddress = location.first == "["
        let host = isAddress ? location.dropFirst().prefix { $0 != "]" } : location.prefix { $0 != ":" }
        let rest = location.dropFirst(host.count + (isAddress ? 2 : 0))
        let allowed = isAddress ? "0123456789abcdef:." : "abcdefghijklmnopqrstuvwxyz0123456789-._"
        guard !host.isEmpty, host.lowercased().allSatisfy(allowed.contains), !isAddress || location.contains("]") else { return nil }
        if rest.isEmpty { return (host.lowercased(), nil) }
        guard rest.first == ":", let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
        return (host.lowercased(), port)
    }
}
