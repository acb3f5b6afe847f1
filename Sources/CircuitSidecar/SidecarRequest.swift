//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
package import NIOHTTP1

// What a request asks for. Paths, methods and refusals are those of circuitbreaker-lambda's sidecar, and additions beside them.
package enum SidecarRequest: Hashable, Sendable {
    case health
    case circuits
    case metrics
    case check(String)
    case state(String)
    case outcome(String, CallOutcome, permit: String?)

    package struct Refused: Error, Hashable, Sendable {
        package let status: HTTPResponseStatus
        package let message: String

        static let notFound = Refused(status: .notFound, message: "not found — use /circuit/{id}")
        static let wrongMethod = Refused(status: .methodNotAllowed, message: "method not allowed")
        static func invalid(_ message: String) -> Refused { Refused(status: .badRequest, message: message) }
    }

    package init(method: HTTPMethod, uri: String) throws(Refused) {
        let (path, query) = Self.parts(of: uri)
        if method == .GET, let request = Self.withoutCircuit[String(path)] {
            self = request
            return
        }
        let start = "/circuit/"
        guard path.hasPrefix(start) else { throw .notFound }
        let rest = path.dropFirst(start.count)
        let id = String(rest.prefix { $0 != "/" })
        guard !id.isEmpty else { throw .notFound }
        guard id.utf8.count <= 256 else { throw .invalid("circuit ID too long (max 256 characters)") }
        guard (try? CircuitBreaker.validate(id: id)) != nil else { throw .invalid("circuit ID contains invalid characters") }
        switch (method, rest.dropFirst(id.count)) {
        case (.GET, ""), (.GET, "/"): self = .check(id)
        case (.GET, "/state"): self = .state(id)
        case (.POST, "/success"): self = .outcome(id, .success(try Self.duration("durationMs", in: query)), permit: Self.value("permit", in: query))
        case (.POST, "/failure"):
            self = .outcome(id, .failure(retryAfter: try Self.duration("retryAfterMs", in: query)), permit: Self.value("permit", in: query))
        case (.POST, "/cancel"): self = .outcome(id, .cancelled, permit: Self.value("permit", in: query))
        default: throw .wrongMethod
        }
    }

    private static let withoutCircuit: [String: SidecarRequest] = ["/health": .health, "/circuits": .circuits, "/metrics": .metrics]

    // A proxy's client sends the whole address.
    private static func parts(of uri: String) -> (path: Substring, query: Substring) {
        var rest = uri.prefix { $0 != "#" }
        if !rest.hasPrefix("/"), let scheme = rest.firstRange(of: "://") {
            rest = rest[scheme.upperBound...].drop { $0 != "/" }
        }
        let path = rest.prefix { $0 != "?" }
        return (path, rest.dropFirst(path.count + 1))
    }

    // The last of its name counts, and an empty one is none.
    private static func value(_ name: String, in query: Substring) -> String? {
        let field = query.split(separator: "&").last { $0.hasPrefix(name + "=") }
        return field.map { String($0.dropFirst(name.count + 1)) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static let longestMilliseconds: Int64 = 24 * 60 * 60 * 1000

    private static func duration(_ name: String, in query: Substring) throws(Refused) -> Duration? {
        guard let text = value(name, in: query) else { return nil }
        guard let milliseconds = Int64(text), (0...longestMilliseconds).contains(milliseconds) else {
            throw .invalid("\(name) is '\(text.prefix(80))', but must be a whole number of milliseconds from 0 to \(longestMilliseconds)")
        }
        return .milliseconds(milliseconds)
    }
}
