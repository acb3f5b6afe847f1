//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOCore
import NIOHTTP1

/// Asks the Runtime API for invocations, and answers them, one at a time.
final class RuntimeAPIClient: InvocationSource {
    private let link: RuntimeAPILink
    private let answerTimeout: TimeAmount

    init(_ address: RuntimeAPIAddress, answerTimeout: TimeAmount = .seconds(10)) {
        link = RuntimeAPILink(address)
        self.answerTimeout = answerTimeout
    }

    func next() async throws -> Invocation {
        // The next event may be hours away, and the process frozen until then, so this one request has no timeout.
        let request = RuntimeAPIRequest(method: .GET, path: "/2018-06-01/runtime/invocation/next")
        let answer = try await link.send(request)
        guard answer.head.status == .ok else { throw RuntimeAPILink.refusal(of: request, answer) }

        let headers = answer.head.headers
        let requestID = try Self.required("Lambda-Runtime-Aws-Request-Id", headers) { $0 }
        return Invocation(
            requestID: requestID,
            traceID: headers.first(name: "Lambda-Runtime-Trace-Id") ?? "",
            invokedFunctionARN: headers.first(name: "Lambda-Runtime-Invoked-Function-Arn") ?? "",
            deadline: LambdaClock.Instant(millisecondsSinceEpoch: try Self.required("Lambda-Runtime-Deadline-Ms", headers) { Int64($0) }),
            payload: Array(answer.body.readableBytesView)
        ) { result in
            switch result {
            case .success(let payload): try await self.post("invocation/\(requestID)/response", payload)
            case .failure(let report): try await self.post("invocation/\(requestID)/error", report)
            }
        }
    }

    func reportInitializationError(_ report: ErrorReport) async throws {
        try await post("init/error", report)
    }

    private func post(_ resource: String, _ report: ErrorReport) async throws {
        try await self.post(resource, report.json, headers: ["Lambda-Runtime-Function-Error-Type": report.headerValue])
    }

    private func post(_ resource: String, _ body: [UInt8], headers: HTTPHeaders = [:]) async throws {
        var request = RuntimeAPIRequest(method: .POST, path: "/2018-06-01/runtime/\(resource)", headers: headers, body: body)
        request.headers.add(name: "Content-Type", value: "application/json")
        request.timeout = answerTimeout
        let answer = try await link.send(request)
        guard (200..<300).contains(answer.head.status.code) else { throw RuntimeAPILink.refusal(of: request, answer) }
    }

    private static func required<Value>(_ name: String, _ headers: HTTPHeaders, parse: (String) -> Value?) throws -> Value {
        guard let text = headers.first(name: name) else { throw RuntimeFailure.badHeader(name: name, value: nil) }
        guard let value = parse(text) else { throw RuntimeFailure.badHeader(name: name, value: text) }
        return value
    }
}
