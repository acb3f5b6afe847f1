//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
package import LambdaRuntime
package import Logging
import NIOCore
import NIOHTTP1

// An extension's life. It registers for SHUTDOWN alone: an extension that registers for INVOKE makes each invocation last until it asks for the next event.
package struct LambdaExtension {
    package struct Shutdown: Hashable, Sendable {
        // As documented in capitals, and otherwise seen in other cases and with other reasons.
        package let reason: String
        // When the process is killed.
        package let deadlineMilliseconds: Int64

        package var isTimeout: Bool { reason.lowercased() == "timeout" }
    }

    private let link: RuntimeAPILink
    private let name: String
    private let logger: Logger

    // Nil: not on Lambda. `program`: the path of the executable, whose file's name is the extension's.
    package init?(_ environment: Environment, program: String, logger: Logger) throws {
        guard let address = try RuntimeAPIAddress(environment) else { return nil }
        link = RuntimeAPILink(address)
        name = program.split(separator: "/").last.map(String.init) ?? program
        self.logger = logger
    }

    // There is no other endpoint, so what fails is tried again, at growing intervals.
    private func persist<Value>(_ what: String, _ body: () async throws -> Value) async throws -> Value {
        var pause = 50
        while true {
            do {
                return try await body()
            } catch let error as CancellationError {
                throw error
            } catch {
                logger.error("\(what) failed; it is tried again in \(pause) ms", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .milliseconds(pause))
                pause = min(pause * 2, 10_000)
            }
        }
    }

    package func register() async throws -> String {
        let request = RuntimeAPIRequest(
            method: .POST,
            path: "/2020-01-01/extension/register",
            headers: ["Lambda-Extension-Name": name, "Content-Type": "application/json"],
            body: Array(#"{"events":["SHUTDOWN"]}"#.utf8),
            timeout: .seconds(10)
        )
        return try await persist("The extension's registration") {
            let answer = try await link.send(request)
            guard answer.head.status == .ok, let identifier = answer.head.headers.first(name: "Lambda-Extension-Identifier") else {
                throw RuntimeAPILink.refusal(of: request, answer)
            }
            return identifier
        }
    }

    // Waits for the end of the environment, which may be hours away.
    package func shutdown(_ identifier: String) async throws -> Shutdown {
        let request = RuntimeAPIRequest(
            method: .GET,
            path: "/2020-01-01/extension/event/next",
            headers: ["Lambda-Extension-Identifier": identifier]
        )
        return try await persist("Waiting for the end of the environment") {
            while true {
                let answer = try await link.send(request)
                guard answer.head.status == .ok else { throw RuntimeAPILink.refusal(of: request, answer) }
                let event = try JSON(parsing: Array(answer.body.readableBytesView))
                guard event["eventType"]?.string == "SHUTDOWN" else { continue }
                return Shutdown(reason: event["shutdownReason"]?.string ?? "", deadlineMilliseconds: event["deadlineMs"]?.integer ?? 0)
            }
        }
    }
}
