//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import MinistackSupport
import NIOHTTP1
import Testing

@testable import AWSClient

/// A real server that checks signatures.
@Suite(.serialized) struct MinistackTests {
    @Test func acceptsOurSignaturesAndRefusesOthers() async throws {
        let server = try await Ministack.shared
        let configuration = try AWSClientConfiguration(service: "dynamodb", region: "eu-west-1", endpoint: server.url)
        let user = try await server.user(allowedTo: ["dynamodb:*"])
        let key = Credentials(accessKeyID: user["AWS_ACCESS_KEY_ID"] ?? "", secretAccessKey: user["AWS_SECRET_ACCESS_KEY"] ?? "")
        let wrongKey = Credentials(accessKeyID: key.accessKeyID, secretAccessKey: key.secretAccessKey + "x")
        let client = AWSJSONClient(configuration, credentials: FixedCredentials(key))
        let wrong = AWSJSONClient(configuration, credentials: FixedCredentials(wrongKey))
        // An hour behind, so that the clock must be learnt.
        let late = AWSJSONClient(configuration, credentials: FixedCredentials(key), now: { WallClock.now() - 3_600_000 })

        _ = try await call(client, "CreateTable", Self.table)
        _ = try await call(client, "PutItem", ["TableName": "signed", "Item": Self.item])
        let get: JSON = ["TableName": "signed", "Key": ["id": Self.id], "ConsistentRead": true]
        #expect(try await call(client, "GetItem", get)["Item"] == Self.item)
        #expect(try await call(late, "GetItem", get)["Item"] == Self.item)

        let tampered = try await failure { try await call(wrong, "GetItem", get) }
        #expect(tampered.answer?.code == "InvalidSignatureException" && tampered.answer?.status == 400, "\(tampered)")

        let conditional: JSON = [
            "TableName": "signed", "Item": Self.item, "ConditionExpression": "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        ]
        let refused = try await failure { try await call(client, "PutItem", conditional) }
        #expect(refused.answer?.code == "ConditionalCheckFailedException")
        #expect(refused.answer?.item == Self.item && refused.answer?.requestID != nil)
        #expect(!refused.mayHaveBeenApplied)

        try await tamperedBodyIsRefused(configuration, key: key)
        for client in [client, wrong, late] { await client.shutdown() }
    }

    @Test func assumesRoles() async throws {
        let server = try await Ministack.shared
        let user = try await server.user(allowedTo: ["sts:AssumeRole"])
        let condition = #""Condition":{"StringEquals":{"sts:ExternalId":"e&x"}}"#
        let trust = #""Principal":{"AWS":"*"},"Action":"sts:AssumeRole",\#(condition)"#
        let first = try await server.role(trust: trust, allowedTo: ["sts:AssumeRole"])
        let second = try await server.role(trust: trust, allowedTo: ["dynamodb:ListTables"])
        let config = """
            [profile far]
            role_arn = \(second)
            source_profile = near
            external_id = e&x
            [profile near]
            role_arn = \(first)
            source_profile = base
            external_id = e&x
            [profile base]
            aws_access_key_id = \(user["AWS_ACCESS_KEY_ID"] ?? "")
            aws_secret_access_key = \(user["AWS_SECRET_ACCESS_KEY"] ?? "")
            """
        #expect(try await listsTables(config, profile: "far", of: server))
        #expect(try await !listsTables(config, profile: "near", of: server))
        let stranger = try await failure { try await listsTables(config.replacing("e&x", with: "other"), profile: "far", of: server) }
        #expect(stranger.code == .credentials && stranger.message.contains("AccessDenied") && stranger.message.contains(first), "\(stranger)")
    }

    @Test func assumesARoleByWebIdentity() async throws {
        let server = try await Ministack.shared
        let provider = #""Principal":{"Federated":"arn:aws:iam::000000000000:oidc-provider/pods.example"}"#
        let role = try await server.role(trust: provider + #","Action":"sts:AssumeRoleWithWebIdentity""#, allowedTo: ["dynamodb:ListTables"])
        func config(_ issuer: String) throws -> String {
            func part(_ text: String) -> String { Data(text.utf8).base64EncodedString().filter { $0 != "=" } }
            let token = try folder.write(
                "token",
                [#"{"alg":"RS256"}"#, #"{"iss":"https://\#(issuer)","aud":"sts"}"#, "x"].map(part).joined(separator: ".")
            )
            return "[profile pod]\nrole_arn = \(role)\nweb_identity_token_file = \(token)\n"
        }
        let folder = try TemporaryFolder()
        #expect(try await listsTables(config("pods.example"), profile: "pod", of: server))
        let stranger = try await failure { try await listsTables(config("evil.example"), profile: "pod", of: server) }
        #expect(stranger.code == .credentials && stranger.message.contains("AccessDenied"), "\(stranger)")
    }

    /// Whether a profile's credentials may list tables.
    private func listsTables(_ config: String, profile: String, of server: Ministack) async throws -> Bool {
        let folder = try TemporaryFolder()
        let variables = [
            "AWS_CONFIG_FILE": try folder.write("config", config), "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "AWS_PROFILE": profile,
            "AWS_REGION": Ministack.region, "AWS_ENDPOINT_URL": server.url,
        ]
        let environment = ProcessEnvironment(variables)
        let configuration = try AWSClientConfiguration(service: "dynamodb", environment: environment)
        let client = AWSJSONClient(configuration, credentials: DefaultCredentials(environment: environment))
        let result: Result<JSON, any Error>
        do {
            result = .success(try await call(client, "ListTables", [:]))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        if case .failure(let error as AWSError) = result, error.answer?.code == "AccessDeniedException" { return false }
        return try result.get()["TableNames"] != nil
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
