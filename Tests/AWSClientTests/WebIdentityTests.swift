//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Testing

@testable import AWSClient

@Suite struct WebIdentityTests {
    private static let arn = "arn:aws:iam::111122223333:role/pod"
    private let folder: TemporaryFolder
    private let sts: RawServer
    private let variables: [String: String]

    init() throws {
        folder = try TemporaryFolder()
        sts = try FakeSTS.start()
        variables = [
            "AWS_WEB_IDENTITY_TOKEN_FILE": try folder.write("token", "eyJhbGciOi.J9+/=\n"), "AWS_ROLE_ARN": Self.arn,
            "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL_STS": sts.url, "AWS_EC2_METADATA_DISABLED": "true",
        ]
    }

    private func load(_ more: [String: String] = [:], config: String? = nil) async throws -> Credentials? {
        var all = variables.merging(more) { $1 }
        all["AWS_CONFIG_FILE"] = try config.map { try folder.write("config", $0) }
        return try await DefaultCredentials(environment: ProcessEnvironment(all)).load(now: testTime)
    }

    @Test func theTokenIsReadEachTimeAndTheRequestIsNotSigned() async throws {
        #expect(try await load(["AWS_ROLE_SESSION_NAME": "pod-1"]) == FakeSTS.credentials(0))
        _ = try folder.write("token", "second")
        #expect(try await load() == FakeSTS.credentials(1))
        let request = try #require(sts.received.first)
        #expect(
            request.form == [
                "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": Self.arn, "RoleSessionName": "pod-1",
                "WebIdentityToken": "eyJhbGciOi.J9+/=",
            ]
        )
        #expect(request.headers["authorization"] == nil)
        #expect(sts.received.last?.form["WebIdentityToken"] == "second")
    }

    @Test func aProfileMayHaveOne() async throws {
        let config = "[default]\nrole_arn = \(Self.arn)\nweb_identity_token_file = \(folder.path)/token\nduration_seconds = 1000\n"
        let credentials = try await load(["AWS_WEB_IDENTITY_TOKEN_FILE": "", "AWS_ROLE_ARN": ""], config: config)
        #expect(credentials == FakeSTS.credentials(0))
        #expect(sts.received.first?.form["DurationSeconds"] == "1000")
    }

    /// In botocore's order: keys, a profile's role, the web identity, the rest of the profile.
    @Test func theOrderIsThatOfTheAWSTools() async throws {
        let process = "[default]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"AKIAPROCESS\",\"SecretAccessKey\":\"p\"}'\n"
        #expect(try await load(config: process) == FakeSTS.credentials(0))
        let keys = ["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "e"]
        #expect(try await load(keys, config: process)?.accessKeyID == "AKIAENV")
        let role = "[default]\nrole_arn = arn:aws:iam::111122223333:role/other\nsource_profile = base\n[profile base]\n" + process.dropFirst(10)
        #expect(try await load(config: role) == FakeSTS.credentials(1))
        #expect(sts.received.last?.form["RoleArn"] == "arn:aws:iam::111122223333:role/other")
    }

    /// A pod's variables may be there without the token; what was set up beside them still serves, but never the instance's role.
    @Test(arguments: [["AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent"], ["AWS_ROLE_ARN": ""]])
    func withoutItsTokenOthersAreTried(broken: [String: String]) async throws {
        let server = try RawServer.answering { _, _ in RawAnswer(body: #"{"AccessKeyId":"ASIATASK","SecretAccessKey":"s"}"#) }
        let process = "[profile dev]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"AKIAPROCESS\",\"SecretAccessKey\":\"p\"}'\n"
        #expect(try await load(broken.merging(["AWS_PROFILE": "dev"]) { $1 }, config: process)?.accessKeyID == "AKIAPROCESS")
        #expect(try await load(broken.merging(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url]) { $1 })?.accessKeyID == "ASIATASK")
        let instance = ["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url]
        let error = try await failure { try await load(broken.merging(instance) { $1 }) }
        #expect(error.code == .credentials && error.message.contains("AWS_WEB_IDENTITY_TOKEN_FILE"), "\(error)")
        #expect(server.received.count == 1 && sts.received.isEmpty)
    }

    @Test func aRefusalIsFinal() async throws {
        let token = String(repeating: "hush", count: 10)
        let sts = try RawServer.answering { _, _ in FakeSTS.refusal("InvalidIdentityToken", "The token \(token) is not accepted", status: 400) }
        let process = "[default]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"AKIAPROCESS\",\"SecretAccessKey\":\"p\"}'\n"
        _ = try folder.write("token", token)
        let error = try await failure { try await load(["AWS_ENDPOINT_URL_STS": sts.url], config: process) }
        #expect(error.message.contains("InvalidIdentityToken") && error.message.contains(Self.arn), "\(error)")
        #expect(!"\(error)".contains("hush"))
    }

    @Test func aFileWithoutATokenIsNamed() async throws {
        for text in ["", " \n", "a b", "a\u{0}b", String(repeating: "x", count: 20_001)] {
            _ = try folder.write("token", text)
            let error = try await failure { try await load() }
            #expect(error.message.contains("AWS_WEB_IDENTITY_TOKEN_FILE names \(folder.path)/token, which holds no token"), "\(error)")
        }
        #expect(sts.received.isEmpty)
    }
}
