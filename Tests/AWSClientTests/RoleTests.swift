//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Logging
import Testing

@testable import AWSClient

/// Roles that are assumed by a profile or by a web identity.
@Suite struct RoleTests {
    private static let arn = "arn:aws:iam::111122223333:role/dev"
    private static let keys = "aws_access_key_id = AKIABASE\naws_secret_access_key = base\n"

    private func environment(config: String, sts: RawServer?, _ variables: [String: String] = [:]) throws -> (ProcessEnvironment, TemporaryFolder) {
        let folder = try TemporaryFolder()
        var all = ["AWS_CONFIG_FILE": try folder.write("config", config), "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"]
        all["AWS_PROFILE"] = config.isEmpty ? nil : "dev"
        all["AWS_REGION"] = "eu-west-1"
        all["AWS_EC2_METADATA_DISABLED"] = "true"
        all["AWS_ENDPOINT_URL_STS"] = sts?.url
        return (ProcessEnvironment(all.merging(variables) { $1 }), folder)
    }

    private func load(_ config: String, sts: RawServer? = nil, _ variables: [String: String] = [:]) async throws -> Credentials? {
        let (environment, folder) = try self.environment(config: config, sts: sts, variables)
        defer { _ = folder }
        return try await DefaultCredentials(environment: environment).load(now: testTime)
    }

    @Test func aRoleIsAssumedWithTheSourcesKeys() async throws {
        let sts = try FakeSTS.start()
        let options = "external_id = a b&c\nrole_session_name = me@x\nduration_seconds = 900\n"
        let config = "[profile dev]\nrole_arn = \(Self.arn)\nsource_profile = base\n\(options)[profile base]\n\(Self.keys)"
        #expect(try await load(config, sts: sts) == FakeSTS.credentials(0))
        let request = try #require(sts.received.first)
        #expect(
            request.form == [
                "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": Self.arn, "RoleSessionName": "me@x", "DurationSeconds": "900",
                "ExternalId": "a b&c",
            ]
        )
        #expect(request.signer == "AKIABASE" && request.headers["authorization"]?.contains("/20261124/eu-west-1/sts/aws4_request") == true)
        #expect(request.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true)
        #expect(sts.received.count == 1)
    }

    @Test func theCallerIsWhoTheServiceSays() async throws {
        let keys = ["AWS_ACCESS_KEY_ID": "AKIAME", "AWS_SECRET_ACCESS_KEY": "s"]
        let sts = try FakeSTS.start()
        let (environment, folder) = try self.environment(config: "", sts: sts, keys)
        #expect(try await CallerIdentity.arn(environment: environment, within: .seconds(20)) == "arn:aws:sts::1:assumed-role/r/s")
        let request = try #require(sts.received.first)
        #expect(request.form == ["Action": "GetCallerIdentity", "Version": "2011-06-15"] && request.signer == "AKIAME")
        for answer in [FakeSTS.refusal("ExpiredToken"), RawAnswer(body: "<Arn>me</Arn>"), RawAnswer(body: "")] {
            let other = try RawServer.answering { _, _ in answer }
            let (environment, folder) = try self.environment(config: "", sts: other, keys)
            await #expect(throws: AWSError.self) { try await CallerIdentity.arn(environment: environment, within: .seconds(20)) }
            _ = folder
        }
        _ = folder
    }

    /// The profile's own keys are those that may assume its role, and never what calls are signed with.
    @Test func aRoleBesideOwnKeysIsAssumedOrRefused() async throws {
        let sts = try FakeSTS.start()
        #expect(try await load("[profile dev]\nrole_arn = \(Self.arn)\nsource_profile = dev\n\(Self.keys)", sts: sts) == FakeSTS.credentials(0))
        #expect(sts.received.map(\.signer) == ["AKIABASE"])
        let error = try await failure { try await load("[profile dev]\nrole_arn = \(Self.arn)\n\(Self.keys)") }
        #expect(error.message.contains("'dev' has role_arn, but neither source_profile nor credential_source"))
    }

    @Test func rolesAreAssumedInAChain() async throws {
        let sts = try FakeSTS.start()
        let config = """
            [profile dev]
            role_arn = \(Self.arn)
            source_profile = middle
            [profile middle]
            role_arn = arn:aws:iam::111122223333:role/middle
            source_profile = base
            [profile base]
            credential_process = echo '{"Version":1,"AccessKeyId":"AKIAPROCESS","SecretAccessKey":"p"}'
            """
        #expect(try await load(config, sts: sts) == FakeSTS.credentials(1))
        #expect(sts.received.map(\.signer) == ["AKIAPROCESS", "ASIA0"])
        #expect(sts.received.last?.headers["x-amz-security-token"] == "t0")
        #expect(sts.received.map(\.form["RoleArn"]) == ["arn:aws:iam::111122223333:role/middle", Self.arn])
        #expect(sts.received.first?.form["RoleSessionName"] == "swift-circuit-breaker-\(testTime / 1_000)")
    }

    @Test func credentialSources() async throws {
        let document = #"{"AccessKeyId":"ASIATASK","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-24T12:31:00Z"}"#
        let container = try RawServer.answering { _, _ in RawAnswer(body: document) }
        let instance = try RawServer.answering { request, _ in RawAnswer(body: request.path.hasSuffix("/role") ? document : "role") }
        let sts = try FakeSTS.start()
        func role(_ source: String) -> String { "[profile dev]\nrole_arn = \(Self.arn)\ncredential_source = \(source)\n" }
        #expect(try await load(role("EcsContainer"), sts: sts, ["AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url]) == FakeSTS.credentials(0))
        let metadata = ["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": instance.url]
        #expect(try await load(role("Ec2InstanceMetadata"), sts: sts, metadata) == FakeSTS.credentials(1))
        #expect(sts.received.map(\.signer) == ["ASIATASK", "ASIATASK"])
        for source in ["Environment", "EcsContainer", "Ec2InstanceMetadata"] {
            let error = try await failure { try await load(role(source), sts: sts) }
            #expect(error.message.contains("credential_source of profile 'dev' has no credentials"), "\(error)")
        }
        let error = try await failure { try await load(role("environment"), sts: sts) }
        #expect(error.message.contains("is 'environment', but must be Environment, EcsContainer or Ec2InstanceMetadata"))
        #expect(sts.received.count == 2)
    }

    /// The right key of the environment goes before every profile; a chain's source does not.
    @Test func theEnvironmentAsASource() async throws {
        let sts = try FakeSTS.start()
        let keys = ["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "e"]
        let config = "[profile dev]\nrole_arn = \(Self.arn)\ncredential_source = Environment\n"
        let (environment, folder) = try self.environment(config: config, sts: sts, keys)
        #expect(try await DefaultCredentials(environment: environment).load(now: testTime)?.accessKeyID == "AKIAENV")
        #expect(try await ProfileCredentials(environment: environment, now: testTime).load() == FakeSTS.credentials(0))
        #expect(sts.received.map(\.signer) == ["AKIAENV"])
        withExtendedLifetime(folder) {}
    }

    @Test(arguments: [
        ("source_profile = base\n[profile base]\nrole_arn = ARN\nsource_profile = dev\n", "dev → base → dev"),
        ("source_profile = dev\n", "dev → dev"), ("source_profile = nobody\n", "'nobody', but there is no such profile"),
        ("source_profile = base\n[profile base]\nregion = r-1\n", "source_profile 'base' of profile 'dev' has no credentials"),
        ("source_profile = base\n[profile base]\nsso_session = s\n", "profile 'base' gets its credentials by sso_session"),
        ("source_profile = base\nmfa_serial = m\n[profile base]\nKEYS", "profile 'dev' wants a code of the device in mfa_serial"),
        ("source_profile = base\ncredential_source = Environment\n", "both source_profile and credential_source"),
        ("source_profile = base\nduration_seconds = soon\n", "duration_seconds of profile 'dev' is 'soon'"),
        ("source_profile = base\nduration_seconds = 899\n", "from 900 to 43200"),
        ("source_profile = base\nrole_session_name = a b\n", "session name of profile 'dev' is 'a b'"),
        ("web_identity_token_file = /t\nsource_profile = base\n", "both web_identity_token_file and source_profile"),
        ("web_identity_token_file = /nonexistent\n", "web_identity_token_file of profile 'dev' names /nonexistent, which cannot be read"),
    ])
    func aRoleThatIsNotUnderstoodIsRefusedByName(rest: String, message: String) async throws {
        let sts = try FakeSTS.start()
        let text = rest.replacing("KEYS", with: Self.keys).replacing("ARN", with: Self.arn)
        let error = try await failure { try await load("[profile dev]\nrole_arn = \(Self.arn)\n\(text)", sts: sts) }
        #expect(error.code == .credentials && error.message.contains(message), "\(error)")
        #expect(sts.received.isEmpty)
    }

    @Test(arguments: [
        ("sso_session = s", "sso_session"), ("sso_start_url = s", "sso_start_url"), ("login_session = arn:aws:iam::1:user/x", "login_session"),
        ("sso_account_id = 1\nKEYS", "sso_account_id"), ("login_session = l\nKEYS", "login_session"),
        ("role_arn =\nKEYS", "the role of profile 'dev' is ''"),
        ("role_arn = arn\nsource_profile = dev\nKEYS", "is 'arn', but must be like"), ("web_identity_token_file = /t", "only one of"),
    ])
    func aProfileThatIsNotUnderstoodIsNotReplaced(text: String, message: String) async throws {
        let container = try RawServer.answering { _, _ in RawAnswer(body: #"{"AccessKeyId":"ASIATASK","SecretAccessKey":"s"}"#) }
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url, "AWS_EC2_METADATA_DISABLED": "false",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": container.url,
        ]
        let error = try await failure { try await load("[profile dev]\n\(text.replacing("KEYS", with: Self.keys))", variables) }
        #expect(error.code == .credentials && error.message.contains("'dev'") && error.message.contains(message), "\(error)")
        #expect(container.received.isEmpty)
    }

    /// What the refusal advises works: another profile whose process asks the AWS CLI, of which it names the version.
    @Test func theAdviceCanBeFollowed() async throws {
        let error = try await failure { try await load("[profile dev]\nlogin_session = s\n") }
        #expect(error.message.contains("another profile") && error.message.contains("export-credentials --profile dev"), "\(error)")
        #expect(error.message.contains("version 2 of the AWS CLI"))
        let name = try await failure { try await load("[profile \"a b;c\"]\nsso_session = s\n", ["AWS_PROFILE": "a b;c"]) }
        #expect(name.message.contains("--profile NAME") && name.message.contains("'a b;c'"), "\(name)")
    }

    // MARK: The service

    @Test(arguments: [
        (
            FakeSTS.refusal("AccessDenied", "User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole"),
            "AccessDenied: User: arn:aws:iam::1:user/x"
        ),
        (RawAnswer(status: 302, headers: ["Location": "http://x/"], body: ""), "HTTP 302"), (RawAnswer(body: "{}"), "gave no AccessKeyId"),
        (RawAnswer(body: "<AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"), "or Expiration"),
        (FakeSTS.answer(0, expiration: "soon"), "or Expiration"),
        (RawAnswer(body: FakeSTS.answer(0).body.replacing("ASIA0", with: "A&#10;B")), "not well formed"),
        (RawAnswer(body: FakeSTS.answer(0).body.replacing("ASIA0", with: "A&#xD800;")), "gave no AccessKeyId"),
        (RawAnswer(body: FakeSTS.answer(0).body.replacing("ASIA0", with: "<b>A</b>")), "gave no AccessKeyId"),
    ])
    func whatTheServiceMaySay(answer: RawAnswer, message: String) async throws {
        let sts = try RawServer.answering { _, _ in answer }
        let config = "[profile dev]\nrole_arn = \(Self.arn)\nsource_profile = base\n[profile base]\n\(Self.keys)"
        let error = try await failure { try await load(config, sts: sts) }
        #expect(error.code == .credentials && error.message.contains(message) && error.message.contains(Self.arn), "\(error)")
        #expect(error.message.contains(sts.url))
    }

    @Test func anAnswerIsReadUpToALimit() async throws {
        let sts = try RawServer.answering { _, _ in RawAnswer(body: String(repeating: " ", count: 70_000)) }
        let config = "[profile dev]\nrole_arn = \(Self.arn)\nsource_profile = base\n[profile base]\n\(Self.keys)"
        let error = try await failure { try await load(config, sts: sts) }
        #expect(error.message.contains("larger than 65536"), "\(error)")
    }

    @Test func aFaultOfTheServiceIsAskedAboutOnceMore() async throws {
        let config = "[profile dev]\nrole_arn = \(Self.arn)\nsource_profile = base\n[profile base]\n\(Self.keys)"
        let sts = try RawServer.answering { _, number in number == 0 ? FakeSTS.refusal("InternalFailure", status: 500) : FakeSTS.answer(0) }
        #expect(try await load(config, sts: sts) == FakeSTS.credentials(0))
        let lost = try RawServer { connection, number in
            _ = try connection.readRequest()
            if number == 1 { try connection.write(FakeSTS.answer(0).bytes) }
        }
        #expect(try await load(config, sts: lost) == FakeSTS.credentials(0))
        let down = try RawServer.answering { _, _ in FakeSTS.refusal("InternalFailure", status: 500) }
        _ = try await failure { try await load(config, sts: down) }
        #expect(down.received.count == 2)
    }

    @Test func theServicesClockIsUsed() async throws {
        let config = "[profile dev]\nrole_arn = \(Self.arn)\nsource_profile = base\n[profile base]\n\(Self.keys)"
        let expired = "Signature expired: 20261124T063100Z is now earlier than 20261124T071600Z"
        let sts = try RawServer.answering { _, number in
            number == 0
                ? FakeSTS.refusal("SignatureDoesNotMatch", expired, headers: ["Date": DateText.header(testTime + 3_600_000)]) : FakeSTS.answer(0)
        }
        #expect(try await load(config, sts: sts) == FakeSTS.credentials(0))
        #expect(sts.received.map { $0.headers["x-amz-date"] } == ["20261124T063100Z", "20261124T073100Z"])
    }

    /// As all credentials are: five minutes before they expire, and beside their use.
    @Test func aSessionIsRenewedBeforeItExpires() async throws {
        let sts = try RawServer.answering { _, number in
            FakeSTS.answer(number, expiration: number == 0 ? "2026-11-24T07:31:00Z" : "2026-11-24T08:31:00Z")
        }
        let config = "[profile dev]\nrole_arn = \(Self.arn)\nsource_profile = base\n[profile base]\n\(Self.keys)"
        let (environment, folder) = try self.environment(config: config, sts: sts)
        let cache = CredentialsCache(source: DefaultCredentials(environment: environment), logger: Logger(label: "test"))
        #expect(try await cache.credentials(now: testTime).accessKeyID == "ASIA0")
        #expect(try await cache.credentials(now: testTime + 3_000_000).accessKeyID == "ASIA0")
        #expect(try await cache.credentials(now: testTime + 3_301_000).accessKeyID == "ASIA0")
        while try await cache.credentials(now: testTime + 3_302_000).accessKeyID == "ASIA0" { await Task.yield() }
        #expect(sts.received.map(\.signer) == ["AKIABASE", "AKIABASE"])
        withExtendedLifetime(folder) {}
    }
}
