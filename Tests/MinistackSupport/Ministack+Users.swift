//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

extension Ministack {
    static let http = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup)

    func isReady() async -> Bool {
        let answer = try? await Self.http.execute(HTTPClientRequest(url: url + "/_ministack/health"), timeout: .seconds(5))
        return answer?.status == .ok
    }

    /// The ARN of a new role that may do these actions and no others.
    ///
    /// The trust is what the trust policy's statement holds beside its effect.
    package func role(trust: String, allowedTo actions: [String]) async throws -> String {
        let name = "r" + UUID().uuidString
        let document = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",\#(trust)}]}"#
        let answer = try await iam(["Action": "CreateRole", "RoleName": name, "AssumeRolePolicyDocument": document])
        _ = try await iam(["Action": "PutRolePolicy", "RoleName": name, "PolicyName": "p", "PolicyDocument": Self.policy(actions)])
        return try Self.element("Arn", in: answer)
    }

    /// The environment variables of a new user who may do these actions and no others.
    package func user(allowedTo actions: [String]) async throws -> [String: String] {
        let name = "u" + UUID().uuidString
        _ = try await iam(["Action": "CreateUser", "UserName": name])
        _ = try await iam(["Action": "PutUserPolicy", "UserName": name, "PolicyName": "p", "PolicyDocument": Self.policy(actions)])
        let answer = try await iam(["Action": "CreateAccessKey", "UserName": name])
        return [
            "AWS_REGION": Self.region, "AWS_ENDPOINT_URL_DYNAMODB": url, "AWS_ACCESS_KEY_ID": try Self.element("AccessKeyId", in: answer),
            "AWS_SECRET_ACCESS_KEY": try Self.element("SecretAccessKey", in: answer),
        ]
    }

    private static func policy(_ actions: [String]) -> String {
        let list = actions.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[\#(list)],"Resource":"*"}]}"#
    }

    private static func element(_ name: String, in answer: String) throws -> String {
        guard let start = answer.range(of: "<\(name)>"), let end = answer.range(of: "</\(name)>") else {
            throw Failure(description: "no \(name) in the answer of IAM")
        }
        return String(answer[start.upperBound..<end.lowerBound])
    }

    private func iam(_ form: [String: String]) async throws -> String {
        func escape(_ text: String) -> String {
            text.utf8.map { byte in
                let scalar = Unicode.Scalar(byte)
                return scalar.isASCII && scalar.properties.isAlphabetic ? String(Character(scalar)) : String(format: "%%%02X", byte)
            }.joined()
        }
        var request = HTTPClientRequest(url: url + "/")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        // The signature of the root user is not looked at.
        let scope = "Credential=\(rootKey)/20261124/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
        request.headers.add(name: "Authorization", value: "AWS4-HMAC-SHA256 \(scope)")
        let fields = form.merging(["Version": "2010-05-08"]) { $1 }.map { "\($0)=\(escape($1))" }
        request.body = .bytes(Array(fields.joined(separator: "&").utf8))
        let response = try await Self.http.execute(request, timeout: .seconds(30))
        let text = String(decoding: try await response.body.collect(upTo: 1 << 20).readableBytesView, as: UTF8.self)
        guard response.status.code == 200 else { throw Failure(description: "IAM answered \(response.status.code): \(text)") }
        return text
    }
}
