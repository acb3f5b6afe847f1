//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import Testing

@testable import AWSClient

@Suite struct CredentialsSourceTests {
    private static let document =
        #"{"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"s1","Token":"t1","Expiration":"2026-11-24T12:31:00Z"}"#
    private static let fetched = Credentials(
        accessKeyID: "ASIA1",
        secretAccessKey: "s1",
        sessionToken: "t1",
        expiration: testTime + 6 * 3_600_000
    )

    // MARK: Environment

    @Test func environment() async throws {
        let variables = ["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_SESSION_TOKEN": "T"]
        let credentials = try await DefaultCredentials(environment: ProcessEnvironment(variables)).load(now: testTime)
        #expect(credentials == Credentials(accessKeyID: "AK", secretAccessKey: "SK", sessionToken: "T"))
    }

    @Test(arguments: [
        (["AWS_ACCESS_KEY_ID": "AK"], "AWS_SECRET_ACCESS_KEY"), (["AWS_SECRET_ACCESS_KEY": "SK"], "AWS_ACCESS_KEY_ID"),
        (["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "S\nK"], "control characters"),
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/token"], "AWS_ROLE_ARN is not"),
    ])
    func environmentThatMakesNoSense(variables: [String: String], message: String) async throws {
        let source = DefaultCredentials(environment: ProcessEnvironment(variables))
        let error = try await failure { try await source.load(now: testTime) }
        #expect(error.code == .credentials)
        #expect(error.message.contains(message))
    }

    @Test func nothingAtAllSaysWhatToDo() async throws {
        let source = DefaultCredentials(environment: ProcessEnvironment(["AWS_EC2_METADATA_DISABLED": "true"]))
        let error = try await failure { try await source.load(now: testTime) }
        #expect(error.code == .credentials)
        #expect(error.message.contains("AWS_EC2_METADATA_DISABLED") && error.message.contains("AWS_PROFILE"))
    }

    // MARK: Profile

    private func profileCredentials(
        config: String = "",
        credentials: String = "",
        profile: String? = nil
    ) async throws -> Result<Credentials?, AWSError> {
        let folder = try TemporaryFolder()
        var variables = ["AWS_CONFIG_FILE": try folder.write("config", config)]
        variables["AWS_SHARED_CREDENTIALS_FILE"] = try folder.write("credentials", credentials)
        variables["AWS_PROFILE"] = profile
        variables["AWS_REGION"] = "r-1"
        do throws(AWSError) {
            return .success(try await ProfileCredentials(environment: ProcessEnvironment(variables), now: testTime).load())
        } catch {
            return .failure(error)
        }
    }

    @Test func profileOfTheCredentialsFile() async throws {
        let file = "# mine\n[default]\naws_access_key_id=D\naws_secret_access_key=d\n[blue]\r\nAWS_ACCESS_KEY_ID = B \naws_secret_access_key = b=/+\n"
        let blue = try await profileCredentials(credentials: file, profile: "blue")
        #expect(try blue.get() == Credentials(accessKeyID: "B", secretAccessKey: "b=/+"))
        let other = try await profileCredentials(credentials: file)
        #expect(try other.get()?.accessKeyID == "D")
    }

    @Test func profileOfTheConfigFile() async throws {
        let file = "[default]\nregion = r\n[profile \"blue sky\"]\naws_access_key_id = C\naws_secret_access_key = c\naws_session_token = t\n"
        let blue = try await profileCredentials(config: file, profile: "blue sky")
        #expect(try blue.get() == Credentials(accessKeyID: "C", secretAccessKey: "c", sessionToken: "t"))
        let other = try await profileCredentials(config: file)
        #expect(try other.get() == nil)
    }

    @Test func noFilesAndNoProfileIsNotConfigured() async throws {
        #expect(try await ProfileCredentials(environment: ProcessEnvironment(["HOME": "/nonexistent"]), now: testTime).load() == nil)
        #expect(try await ProfileCredentials(environment: ProcessEnvironment([:]), now: testTime).load() == nil)
    }

    @Test(arguments: [
        ("[blue]\naws_access_key_id = x", "only one of"), ("[blue]\naws_access_key_id = x\naws_secret_access_key = \u{7}", "well formed"),
        ("[green]\nregion = x", "no such profile"),
    ])
    func profileThatMakesNoSense(file: String, message: String) async throws {
        let result = try await profileCredentials(credentials: file, profile: "blue")
        let error = try await failure { try result.get() }
        #expect(error.message.contains(message) && error.message.contains("blue"))
    }

    @Test func credentialProcess() async throws {
        let output = #"{"Version":1,"AccessKeyId":"P","SecretAccessKey":"p","SessionToken":"t","Expiration":"2026-11-24T06:41:00Z"}"#
        let result = try await profileCredentials(config: "[default]\ncredential_process = printf '%s' '\(output)'; echo noise >&2")
        let expected = Credentials(accessKeyID: "P", secretAccessKey: "p", sessionToken: "t", expiration: testTime + 600_000)
        #expect(try result.get() == expected)
    }

    @Test(arguments: [
        ("exit 3", "status 3"), ("kill -9 $$", "status 137"), ("no-such-command-here", "status 127"), ("echo hello", "Version"),
        (#"echo '{"Version":2}'"#, "Version"), (#"echo '{"Version":1,"AccessKeyId":"x"}'"#, "SecretAccessKey"),
        ("yes", "printed more than"), ("head -c 70000 /dev/zero", "printed more than"),
        (#"echo '{"Version":1,"AccessKeyId":"x","SecretAccessKey":"y","Expiration":"soon"}'"#, "Expiration"),
    ])
    func credentialProcessThatFails(command: String, message: String) async throws {
        let start = ContinuousClock.now
        let result = try await profileCredentials(config: "[default]\ncredential_process = \(command)")
        #expect(ContinuousClock.now - start < .seconds(20))
        let error = try await failure { try result.get() }
        #expect(error.code == .credentials)
        #expect(error.message.contains(message), "\(error)")
    }

    @Test func credentialProcessEndsWithItsTask() async throws {
        let folder = try TemporaryFolder()
        let pidFile = "\(folder.path)/pid"
        let task = Task { try await CredentialProcess.run("echo $$ > \(pidFile); sleep 60 & wait") }
        while (try? String(contentsOfFile: pidFile, encoding: .utf8))?.hasSuffix("\n") != true { await Task.yield() }
        let pid = try #require(pid_t(String(contentsOfFile: pidFile, encoding: .utf8).dropLast()))
        let start = ContinuousClock.now
        task.cancel()
        let error = await #expect(throws: AWSError.self) { try await task.value }
        #expect(error?.message.contains("cancelled") == true)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(kill(pid, 0) == -1)
    }

    /// As the AWS CLI does, which takes the lines apart as a shell would.
    @Test func credentialProcessOfSeveralLines() async throws {
        let output = #"{"Version":1,"AccessKeyId":"P","SecretAccessKey":"p"}"#
        let result = try await profileCredentials(config: "[default]\ncredential_process = printf\n  '%s'\n  '\(output)'\n")
        #expect(try result.get()?.accessKeyID == "P")
    }

    // MARK: Container

    /// Else the token would go to another host.
    @Test(arguments: ["@evil.example/x", ":80/x", "v2/credentials", "/a b", "/a\r\nX: y"])
    func aRelativeURIIsAPath(path: String) async throws {
        let environment = ProcessEnvironment(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path])
        let error = try await failure { try await ContainerCredentials(environment: environment).load(now: testTime) }
        #expect(error.code == .configuration && error.message.contains("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), "\(error)")
    }

    @Test func containerOfECS() async throws {
        let server = try RawServer.answering { _, _ in RawAnswer(body: Self.document) }
        let environment = ProcessEnvironment(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x"])
        let credentials = try await ContainerCredentials(environment: environment, base: server.url).load(now: testTime)
        #expect(credentials == Self.fetched)
        #expect(server.received.map(\.path) == ["/v2/credentials/x"])
        #expect(server.received.first?.headers["authorization"] == nil)
    }

    @Test func containerOfEKSReadsItsTokenFileEachTime() async throws {
        let server = try RawServer.answering { _, _ in RawAnswer(body: Self.document) }
        let folder = try TemporaryFolder()
        let environment = ProcessEnvironment([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/v1/credentials?a=b",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": try folder.write("token", "one"), "AWS_CONTAINER_AUTHORIZATION_TOKEN": "not this",
        ])
        let source = DefaultCredentials(environment: environment)
        #expect(try await source.load(now: testTime) == Self.fetched)
        _ = try folder.write("token", "two")
        #expect(try await source.load(now: testTime) == Self.fetched)
        #expect(server.received.map { $0.headers["authorization"] } == ["one", "two"])
        #expect(server.received.first?.path == "/v1/credentials?a=b")
    }

    @Test(arguments: [
        ("http://example.com/", "example.com"), ("http://127.0.0.1.example.com/", "127.0.0.1.example.com"),
        ("http://169.254.170.3/", "169.254.170.3"),
        ("http://localhost@example.com/", "URL"), ("ftp://localhost/", "URL"), ("localhost", "URL"), ("http://127.0.0.256/", "127.0.0.256"),
    ])
    func containerHostsThatMayNotSeeTheToken(url: String, message: String) async throws {
        let variables = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "hush"]
        let source = ContainerCredentials(environment: ProcessEnvironment(variables))
        let error = try await failure { try await source.load(now: testTime) }
        #expect(error.code == .configuration)
        #expect(error.message.contains(message) && error.message.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
    }

    @Test(arguments: [
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush\r\nX-Evil: 1"), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nonexistent"),
    ])
    func containerTokenThatMakesNoSense(variable: String, value: String) async throws {
        let variables = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/", variable: value]
        let source = ContainerCredentials(environment: ProcessEnvironment(variables))
        let error = try await failure { try await source.load(now: testTime) }
        #expect(error.code == .credentials && error.message.contains(variable) && !"\(error)".contains("hush"))
    }

    @Test(arguments: [
        (RawAnswer(status: 500, body: "oops"), "HTTP 500"), (RawAnswer(body: "oops"), "not a JSON object"),
        (RawAnswer(body: #"{"Code":"AssumeRoleUnauthorizedAccess"}"#), "AssumeRoleUnauthorizedAccess"),
        (RawAnswer(body: #"{"AccessKeyId":"a"}"#), "no SecretAccessKey"),
        (RawAnswer(status: 302, headers: ["Location": "http://x/"], body: ""), "HTTP 302"),
        (RawAnswer(body: String(repeating: " ", count: 70_000)), "larger than"),
        (RawAnswer(body: #"{"AccessKeyId":"a\n","SecretAccessKey":"hush"}"#), "well formed"),
    ])
    func containerThatAnswersNonsense(answer: RawAnswer, message: String) async throws {
        let server = try RawServer.answering { _, _ in answer }
        let source = ContainerCredentials(environment: ProcessEnvironment(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url]))
        let error = try await failure { try await source.load(now: testTime) }
        #expect(error.code == .credentials)
        #expect(error.message.contains(message) && !"\(error)".contains("hush"), "\(error)")
    }

    // MARK: Instance

    @Test func instance() async throws {
        let server = try RawServer.answering { request, _ in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token") where request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600": RawAnswer(body: "TKN")
            case (_, _) where request.headers["x-aws-ec2-metadata-token"] != "TKN": RawAnswer(status: 401, body: "")
            case ("GET", "/latest/meta-data/iam/security-credentials/"): RawAnswer(body: "my-role\n")
            case ("GET", "/latest/meta-data/iam/security-credentials/my-role"): RawAnswer(body: Self.document)
            default: RawAnswer(status: 404, body: "")
            }
        }
        let environment = ProcessEnvironment(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url + "/"])
        #expect(try await DefaultCredentials(environment: environment).load(now: testTime) == Self.fetched)
        #expect(server.received.count == 3)
    }

    @Test func instanceIsNotAskedWhenDisabled() async throws {
        let server = try RawServer.answering { _, _ in RawAnswer(body: "x") }
        let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url, "AWS_EC2_METADATA_DISABLED": "TRUE"]
        #expect(try await InstanceCredentials(environment: ProcessEnvironment(variables)).load(now: testTime) == nil)
        #expect(server.received.isEmpty)
    }

    @Test func instanceWithoutMetadataServiceIsNamed() async throws {
        let environment = ProcessEnvironment(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(try freePort())"])
        let error = try await failure { try await DefaultCredentials(environment: environment).load(now: testTime) }
        #expect(error.code == .credentials)
        #expect(error.message.contains("instance metadata service failed: unreachable") && error.message.contains("set AWS_ACCESS_KEY_ID"))
    }
}
