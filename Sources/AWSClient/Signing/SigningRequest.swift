//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOHTTP1

/// What a signature covers of a request.
struct SigningRequest: Sendable {
    var method: String
    /// As in the host header: lower case, without the port that the scheme implies.
    var host: String
    /// As it is sent: already percent-encoded.
    var path: String
    /// As it is sent, without the question mark.
    var query = ""
    var headers: HTTPHeaders
    var body: [UInt8]
}

extension SigningRequest {
    /// The request in the one form that signer and verifier agree on, and the names of the headers in it.
    func canonical() -> (text: String, signedHeaders: String) {
        let headers = canonicalHeaders()
        let names = headers.map(\.name).joined(separator: ";")
        let payload = self.headers.first(name: "X-Amz-Content-SHA256") ?? SigV4.hash(body)
        let lines = [method.uppercased(), canonicalPath(), canonicalQuery()]
        let fields = headers.map { "\($0.name):\($0.value)\n" }.joined()
        return ((lines + [fields, names, payload]).joined(separator: "\n"), names)
    }

    private func canonicalHeaders() -> [(name: String, value: String)] {
        var fields: [String: [String]] = [:]
        for (name, value) in self.headers where !Self.unsignedHeaders.contains(name.lowercased()) {
            fields[name.lowercased(), default: []].append(Self.trimAll(value))
        }
        if fields["host"] == nil { fields["host"] = [host] }
        return fields.sorted { Self.precedes($0.key, $1.key) }.map { ($0.key, $0.value.joined(separator: ",")) }
    }

    private func canonicalPath() -> String {
        var segments: [String] = []
        for segment in Self.split(path, at: "/") where !segment.isEmpty && segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        let last = path.utf8.last == UInt8(ascii: "/") && !segments.isEmpty ? "/" : ""
        return Self.percentEncode("/" + segments.joined(separator: "/") + last)
    }

    private func canonicalQuery() -> String {
        guard !query.isEmpty else { return "" }
        let pairs = Self.split(query, at: "&").map { pair in
            let parts = Self.split(pair, at: "=", maxSplits: 1)
            return (name: parts[0], value: parts.count > 1 ? parts[1] : "")
        }
        return pairs.sorted { Self.precedes($0.name, $1.name) || !Self.precedes($1.name, $0.name) && Self.precedes($0.value, $1.value) }
            .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    /// Headers that proxies may change or that are not part of the message.
    private static let unsignedHeaders: Set<String> = [
        "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
        "upgrade", "user-agent", "x-amzn-trace-id",
    ]

    /// By bytes: to Swift a separator and an accent after it are one other character.
    private static func split(_ text: String, at separator: Unicode.Scalar, maxSplits: Int = .max) -> [String] {
        text.utf8.split(separator: UInt8(ascii: separator), maxSplits: maxSplits, omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    /// By code point: Swift's own order is by canonical equivalence.
    private static func precedes(_ first: String, _ second: String) -> Bool {
        first.utf8.lexicographicallyPrecedes(second.utf8)
    }

    private static func trimAll(_ value: String) -> String {
        String(String.UnicodeScalarView(value.unicodeScalars.split(whereSeparator: \.isSpace).joined(separator: " ".unicodeScalars)))
    }

    /// Escapes all but the characters that no URI needs escaped, and those to keep.
    static func percentEncode(_ text: String, keeping kept: String = "/") -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                output.append(byte)
            case _ where kept.utf8.contains(byte): output.append(byte)
            default:
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
