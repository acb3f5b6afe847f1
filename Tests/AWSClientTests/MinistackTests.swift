//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

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
