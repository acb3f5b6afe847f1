//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import NIOHTTP1
import Testing

@testable import AWSClient

/// A real server that checks signatures.
///
/// The path of its executable is in CIRCUIT_BREAKER_MINISTACK.
@Suite(.serialized) struct MinistackTests {
    @Test func acceptsOurSignaturesAndRefusesOthers() async throws {
        try await Ministack.run { server async throws in
            let configuration = try AWSClientConfiguration(service: "dynamodb", region: "eu-west-1", endpoint: server.url)
            let key = try await server.createUserWithKey()
            let wrongKey = Credentials(accessKeyID: key.accessKeyID, secretAccessKey: key.secretAccessKey + "x")
            let client = AWSJSONClient(configuration, credentials: FixedCredentials(key))
            let wrong = AWSJSONClient(configuration, credentials: FixedCredentials(wrongKey))
            // An hour behind, so that the clock must be learnt.
            let late = AWSJSONClient(configuration, credentials: FixedCredentials(key), now: { WallClock.now() - 3_600_000 })

            _ = try await self.call(client, "CreateTable", Self.table)
            _ = try await self.call(client, "PutItem", ["TableName": "signed", "Item": Self.item])
            let get: JSON = ["TableName": "signed", "Key": ["id": Self.id], "ConsistentRead": true]
            #expect(try await self.call(client, "GetItem", get)["Item"] == Self.item)
            #expect(try await self.call(late, "GetItem", get)["Item"] == Self.item)

            let tampered = try await failure { try await self.call(wrong, "GetItem", get) }
            #expect(tampered.answer?.code == "InvalidSignatureException" && tampered.answer?.status == 400, "\(tampered)")

            let conditional: JSON = [
                "TableName": "signed", "Item": Self.item, "ConditionExpression": "attribute_not_exists(id)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            ]
            let refused = try await failure { try await self.call(client, "PutItem", conditional) }
            #expect(refused.answer?.code == "ConditionalCheckFailedException")
            #expect(refused.answer?.item == Self.item && refused.answer?.requestID != nil)
            #expect(!refused.mayHaveBeenApplied)

            try await self.tamperedBodyIsRefused(configuration, key: key)
            for client in [client, wrong, late] { await client.shutdown() }
        }
    }

    private static let id: JSON = ["S": "é😀\"\\\n"]
    private static let item: JSON = ["id": Self.id, "n": ["N": "1"]]
    private static let table: JSON = [
        "TableName": "signed", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [["AttributeName": "id", "KeyType": "HASH"]],
        "AttributeDefinitions": [["AttributeName": "id", "AttributeType": "S"]],
    ]

    private func call(_ client: AWSJSONClient, _ operation: String, _ input: JSON) async throws -> JSON {
        try await client.call("DynamoDB_20120810.\(operation)", input, isResendable: true, timeLimit: .seconds(20))
    }

    private func tamperedBodyIsRefused(_ configuration: AWSClientConfiguration, key: Credentials) async throws {
        for tampers in [false, true] {
            let body = Array(#"{"TableName":"signed"}"#.utf8)
            let unsigned = SigningRequest(
                method: "POST",
                host: configuration.endpoint.authority,
                path: "/",
                headers: ["Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.DescribeTable"],
                body: body
            )
            let signed = SigV4.sign(unsigned, credentials: key, region: "eu-west-1", service: "dynamodb", date: WallClock.now())
            let call = HTTPCall(
                method: .POST,
                url: configuration.endpoint.url + "/",
                headers: signed.headers,
                body: tampers ? body + [0x20] : body
            )
            let transport = Transport(
                Transport.Limits(connectTimeout: .seconds(1), idleTimeout: .seconds(1), connections: 1, answerBytes: 1 << 20)
            )
            let answer = try await transport.send(call, on: .fresh, delivery: Delivery())
            await transport.shutdown()
            #expect(answer.status == (tampers ? 400 : 200))
            if tampers { #expect(ServiceAnswer(answer, hiding: []).code == "InvalidSignatureException") }
        }
    }
}

/// A ministack process of the test's own.
private final class Ministack {
    let url: String
    private let process: Process
    private let folder: TemporaryFolder

    init() async throws {
        guard let path = ProcessInfo.processInfo.environment["CIRCUIT_BREAKER_MINISTACK"] else {
            throw TestFailure("CIRCUIT_BREAKER_MINISTACK is not set; it must be the path of ministack's executable (pip install ministack)")
        }
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestFailure("CIRCUIT_BREAKER_MINISTACK is \(path), which is no executable file")
        }
        let port = try freePort()
        self.url = "http://127.0.0.1:\(port)"
        self.folder = try TemporaryFolder()
        let environment = [
            "GATEWAY_PORT": "\(port)", "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "MINISTACK_REGION": "eu-west-1", "AUTH": "true",
            "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0", "AWS_ENDPOINT_URL": self.url, "HOME": self.folder.path,
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
        ]
        self.process = try Process.start([path], folder: self.folder.path, environment: environment)
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !self.isReady() {
            guard ContinuousClock.now < deadline, self.process.isRunning else {
                try await self.stop()
                throw TestFailure("ministack did not start")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    static func run(_ body: (Ministack) async throws -> Void) async throws {
        let server = try await Ministack()
        do {
            try await body(server)
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }

    private func stop() async throws {
        try await self.process.stop()
    }

    /// A user with all rights to DynamoDB: the root key `test` is not checked.
    func createUserWithKey() async throws -> Credentials {
        _ = try await self.iam("Action=CreateUser&Version=2010-05-08&UserName=u")
        let policy =
            "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C"
            + "%22Action%22%3A%22dynamodb%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"
        _ = try await self.iam("Action=PutUserPolicy&Version=2010-05-08&UserName=u&PolicyName=p&PolicyDocument=\(policy)")
        let answer = try await self.iam("Action=CreateAccessKey&Version=2010-05-08&UserName=u")
        func element(_ name: String) throws -> String {
            guard let start = answer.range(of: "<\(name)>"), let end = answer.range(of: "</\(name)>") else {
                throw TestFailure("no \(name) in the answer of CreateAccessKey")
            }
            return String(answer[start.upperBound..<end.lowerBound])
        }
        return Credentials(accessKeyID: try element("AccessKeyId"), secretAccessKey: try element("SecretAccessKey"))
    }

    private func iam(_ form: String) async throws -> String {
        let authority = String(self.url.dropFirst("http://".count))
        let unsigned = SigningRequest(
            method: "POST",
            host: authority,
            path: "/",
            headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Array(form.utf8)
        )
        let root = Credentials(accessKeyID: "test", secretAccessKey: "test")
        let signed = SigV4.sign(unsigned, credentials: root, region: "us-east-1", service: "iam", date: WallClock.now())
        let answer = try await self.send(HTTPCall(method: .POST, url: self.url + "/", headers: signed.headers, body: unsigned.body))
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.status == 200 else { throw TestFailure("IAM answered \(answer.status): \(text)") }
        return text
    }

    private func isReady() async throws -> Bool {
        let answer = try? await self.send(HTTPCall(method: .GET, url: self.url + "/_ministack/health", headers: [:]))
        return answer?.status == 200
    }

    private func send(_ call: HTTPCall) async throws(AWSError) -> HTTPAnswer {
        let transport = Transport(Transport.Limits(connectTimeout: .seconds(1), idleTimeout: .seconds(1), connections: 1, answerBytes: 1 << 20))
        let result: Result<HTTPAnswer, AWSError>
        do throws(AWSError) {
            result = .success(try await transport.send(call, on: .fresh, delivery: Delivery()))
        } catch {
            result = .failure(error)
        }
        await transport.shutdown()
        return try result.get()
    }
}
