//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Logging
import NIOHTTP1
import Synchronization
import Testing

@testable import AWSClient

@Suite struct SecrecyTests {
    private func prints(_ value: some Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return dumped + "\(value)" + String(reflecting: value) + String(describing: [value]) + String(reflecting: Optional(value))
    }

    private func hidesSecrets(_ text: String) -> Bool {
        !text.contains(secret) && !text.contains(token)
    }

    @Test func credentialsPrintWithoutSecrets() {
        let text = prints(testCredentials)
        #expect(hidesSecrets(text))
        #expect(text.contains("MPLE") && !text.contains("AKIDEXAMPLE"))
    }

    @Test func whatHoldsCredentialsPrintsWithoutThem() async throws {
        let environment = ProcessEnvironment(["AWS_SECRET_ACCESS_KEY": secret, "AWS_ACCESS_KEY_ID": "x", "AWS_SESSION_TOKEN": token])
        #expect(hidesSecrets(prints(environment)))
        #expect(hidesSecrets(prints(FixedCredentials(testCredentials))))
        #expect(hidesSecrets(prints(DefaultCredentials(environment: environment))))
        var schedule = CredentialsSchedule()
        schedule.fetched(.success(testCredentials), now: testTime)
        #expect(hidesSecrets(prints(schedule)))
        #expect(hidesSecrets(prints(schedule.request(now: testTime))))
    }

    /// A stand-in's secret may be a part of any word.
    @Test func aShortSecretDoesNotShredTheMessage() {
        let body = Array(#"{"message":"Requested resource not found: test in attest\nx-amz-security-token:es\n"}"#.utf8)
        let answer = ServiceAnswer(HTTPAnswer(status: 400, headers: [:], body: body), hiding: ["test", "es"])
        #expect(answer.message == "Requested resource not found: test in attest\nx-amz-security-token:[hidden]\n")
    }

    /// The service explains a signature that it refuses with all that was signed, the session token included.
    @Test func aRefusedSignatureIsExplainedWithoutTheToken() async throws {
        let explanation = "The Canonical String for this request should have been\\n'x-amz-security-token:\(token)\\n\(secret)"
        let server = try RawServer.answering { _, _ in .failure("InvalidSignatureException", explanation) }
        let log = LogCollector()
        var configuration = try AWSClientConfiguration(service: "dynamodb", region: "eu-west-1", endpoint: server.url)
        configuration.timeLimit = .seconds(30)
        var logger = Logger(label: "test", factory: { _ in log })
        logger.logLevel = .trace
        let client = AWSJSONClient(configuration, credentials: FixedCredentials(testCredentials), logger: logger, now: { testTime })
        #expect(hidesSecrets(prints(client)))
        #expect(Mirror(reflecting: client).children.isEmpty)
        let error = try await failure { try await client.call("X.Y", [:], isResendable: true) }
        await client.shutdown()
        #expect(error.answer?.message?.contains("Canonical String") == true)
        #expect(error.answer?.message?.contains("[hidden]") == true)
        #expect(hidesSecrets(prints(error)))
        #expect(!log.text.isEmpty && hidesSecrets(log.text))
    }
}

private struct LogCollector: LogHandler {
    private final class Lines: Sendable {
        let text = Mutex("")
    }

    private let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    var text: String { lines.text.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.text.withLock { $0 += "\(event.message) \(event.metadata ?? [:])\n" }
    }
}
