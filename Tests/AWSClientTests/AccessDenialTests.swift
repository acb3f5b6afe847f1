//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOHTTP1
import Testing

@testable import AWSClient

@Suite struct AccessDenialTests {
    private static let user =
        "User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform: dynamodb:GetItem on resource: arn:aws:t "

    /// In the words of AWS.
    @Test(
        arguments: [
            (Self.user, .notAllowed, "allow ACTIONS on the table 't'"),
            (Self.user + "because no identity-based policy allows the dynamodb:GetItem action", .notAllowed, "allow ACTIONS on"),
            (
                Self.user + "with an explicit deny in a service control policy", .deny(policy: "service control"),
                "a Deny statement in the service control policy"
            ),
            (
                Self.user + "with an explicit deny in an identity-based policy", .deny(policy: "n identity-based"),
                "in an identity-based policy forbids it"
            ),
            (
                Self.user + "with an explicit deny in a VPC endpoint policy", .deny(policy: "vpc endpoint"),
                "in the policy of the VPC endpoint forbids it"
            ),
            (Self.user + "with an explicit deny", .deny(policy: ""), "a Deny statement in a policy"),
            (
                Self.user + "because no VPC endpoint policy allows the dynamodb:GetItem action", .missingAllow(policy: "vpc endpoint"),
                "the policy of the VPC endpoint must allow ACTIONS"
            ),
            (
                Self.user + "because no service control policy allows the dynamodb:GetItem action", .missingAllow(policy: "service control"),
                "the service control policy must allow"
            ),
            (
                Self.user + "because no permissions boundary allows the dynamodb:GetItem action", .missingAllow(policy: "permissions boundary"),
                "permissions boundary must"
            ),
            (
                "KMS key access denied error: the ciphertext refers to a key that does not exist here, or that you may not use", .key(action: nil),
                "allow kms:Decrypt on the key that the table 't' is encrypted with"
            ),
            (
                "User: arn:aws:iam::1:user/u is not authorized to perform: kms:CreateGrant on resource: arn:aws:kms:eu-west-1:1:key/x with an explicit deny",
                .key(action: "kms:CreateGrant"), "allow kms:CreateGrant on the key"
            ),
        ] as [(String, AccessDenial, String)]
    )
    func theRightThingIsNamed(message: String, denial: AccessDenial, advice: String) throws {
        let body = JSON.object(["__type": "x#AccessDeniedException", "Message": .string(message)]).bytes
        let answer = ServiceAnswer(HTTPAnswer(status: 400, headers: .init(), body: body), hiding: [])
        let read = try #require(AccessDenial(answer))
        #expect(read == denial)
        #expect(read.advice(actions: "ACTIONS", table: "t").contains(advice), "\(read.advice(actions: "ACTIONS", table: "t"))")
    }

    @Test func othersAreNoDenials() {
        #expect(AccessDenial(nil) == nil)
        let body = Array(#"{"__type":"x#ThrottlingException","message":"explicit deny"}"#.utf8)
        #expect(AccessDenial(ServiceAnswer(HTTPAnswer(status: 400, headers: .init(), body: body), hiding: [])) == nil)
    }
}
