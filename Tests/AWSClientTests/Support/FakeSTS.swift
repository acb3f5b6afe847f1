//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation

@testable import AWSClient

/// Answers as AWS STS does.
enum FakeSTS {
    /// Gives each call credentials of its own: those of the first are ASIA0 and so on.
    static func start(expiration: String = "2026-11-24T07:31:00Z") throws -> RawServer {
        try RawServer.answering { _, number in answer(number, expiration: expiration) }
    }

    static func answer(_ number: Int, expiration: String = "2026-11-24T07:31:00Z") -> RawAnswer {
        RawAnswer(
            body: """
                <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
                  <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn></AssumedRoleUser>
                  <Credentials><AccessKeyId>ASIA\(number)</AccessKeyId><SecretAccessKey>s&amp;&#x2F;\(number)</SecretAccessKey>
                  <SessionToken>t\(number)</SessionToken><Expiration>\(expiration)</Expiration></Credentials>
                </AssumeRoleResult></AssumeRoleResponse>
                """
        )
    }

    static func refusal(_ code: String, _ message: String = "no", status: Int = 403, headers: [String: String] = [:]) -> RawAnswer {
        let error = "<Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error>"
        return RawAnswer(status: status, headers: headers, body: "<ErrorResponse>\(error)<RequestId>R1</RequestId></ErrorResponse>")
    }

    static func credentials(_ number: Int) -> Credentials {
        Credentials(accessKeyID: "ASIA\(number)", secretAccessKey: "s&/\(number)", sessionToken: "t\(number)", expiration: testTime + 3_600_000)
    }
}

extension RawRequest {
    /// The fields of a form.
    var form: [String: String] {
        let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map {
            $0.split(separator: "=", omittingEmptySubsequences: false)
        }
        return Dictionary(pairs.map { (String($0[0]), $0[1].removingPercentEncoding ?? "") }) { $1 }
    }

    /// The access key that the request is signed with.
    var signer: Substring? {
        headers["authorization"]?.split(separator: "Credential=").last?.split(separator: "/").first
    }
}
