//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Testing

@testable import AWSClient

@Suite struct ConfigurationTests {
    private static let config = """
        [default]
        region = eu-north-1
        [profile blue]
        region = us-west-2
        endpoint_url = http://blue:1
        services = mine
        [profile quiet]
        region = us-west-2
        ignore_configured_endpoint_urls = true
        endpoint_url = http://quiet:1
        [profile plain]
        endpoint_url = http://plain:1
        [services mine]
        s3 =
          endpoint_url = http://s3:1
        dynamodb =
          endpoint_url = http://mine:2
        """

    private func configuration(_ variables: [String: String]) throws(AWSError) -> AWSClientConfiguration {
        guard let folder = try? TemporaryFolder(), let file = try? folder.write("config", Self.config) else {
            throw AWSError(.configuration, "no folder")
        }
        let files = ["AWS_CONFIG_FILE": file, "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"]
        return try AWSClientConfiguration(service: "dynamodb", environment: ProcessEnvironment(files.merging(variables) { $1 }))
    }

    @Test(arguments: [
        (["AWS_REGION": "a-1", "AWS_DEFAULT_REGION": "b-1"], "a-1"), (["AWS_REGION": "", "AWS_DEFAULT_REGION": "b-1"], "b-1"),
        ([:], "eu-north-1"), (["AWS_PROFILE": "blue"], "us-west-2"),
    ])
    func region(variables: [String: String], region: String) throws {
        #expect(try configuration(variables).region == region)
    }

    @Test(arguments: [
        ([:], "https://dynamodb.eu-north-1.amazonaws.com"),
        (["AWS_REGION": "cn-north-1"], "https://dynamodb.cn-north-1.amazonaws.com.cn"),
        (["AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_DYNAMODB": "http://mine:2/", "AWS_PROFILE": "blue"], "http://mine:2"),
        (["AWS_ENDPOINT_URL": "http://all:1", "AWS_PROFILE": "blue"], "http://all:1"),
        (["AWS_PROFILE": "blue"], "http://mine:2"), (["AWS_PROFILE": "plain", "AWS_REGION": "r-1"], "http://plain:1"),
        (["AWS_PROFILE": "quiet"], "https://dynamodb.us-west-2.amazonaws.com"),
        (["AWS_PROFILE": "blue", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"], "https://dynamodb.us-west-2.amazonaws.com"),
        (["AWS_ENDPOINT_URL": "http://all:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE"], "https://dynamodb.eu-north-1.amazonaws.com"),
    ])
    func endpoint(variables: [String: String], url: String) throws {
        #expect(try configuration(variables).endpoint.url == url)
    }

    private struct Case: Encodable {
        var service: String
        var environment: [String: String]
        var config = ""
    }

    private struct Answer: Decodable {
        var url: String?
        var error: String?
    }

    @Test func equalsBotocoreOnFIPSAndDualStack() async throws {
        let regions = [
            "us-east-1", "eu-west-1", "ap-east-2", "mx-central-1", "cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1", "us-iso-east-1",
            "us-isob-east-1", "us-isof-south-1", "eu-isoe-west-1", "eusc-de-east-1", "us-newregion-9",
        ]
        let settings: [[String: String]] = [
            [:], ["AWS_USE_FIPS_ENDPOINT": "true"], ["AWS_USE_DUALSTACK_ENDPOINT": "TRUE"],
            ["AWS_USE_FIPS_ENDPOINT": "True", "AWS_USE_DUALSTACK_ENDPOINT": "true"], ["AWS_USE_FIPS_ENDPOINT": "false"],
        ]
        var cases = regions.flatMap { region in settings.map { Case(service: "dynamodb", environment: $0.merging(["AWS_REGION": region]) { $1 }) } }
        cases += cases.map { Case(service: "sts", environment: $0.environment) }
        let profile = "[default]\nregion = us-gov-west-1\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\n"
        let custom = ["AWS_REGION": "r-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"]
        cases += [
            Case(service: "dynamodb", environment: [:], config: profile),
            Case(service: "dynamodb", environment: ["AWS_USE_FIPS_ENDPOINT": "false"], config: profile),
            Case(service: "dynamodb", environment: custom.merging(["AWS_USE_FIPS_ENDPOINT": "true"]) { $1 }),
            Case(service: "dynamodb", environment: custom.merging(["AWS_USE_DUALSTACK_ENDPOINT": "true"]) { $1 }),
            Case(
                service: "dynamodb",
                environment: custom.merging(["AWS_USE_FIPS_ENDPOINT": "true", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) { $1 }
            ),
        ]
        // botocore knows the region as AWS_DEFAULT_REGION alone, and STS of old as global.
        let asked = cases.map { Case(service: $0.service, environment: $0.environment.merging(Self.botocore($0)) { $1 }, config: $0.config) }
        let answers: [Answer] = try await Botocore.ask("endpoints_of_botocore.py", asked)
        for (asked, answer) in zip(cases, answers) {
            let folder = try TemporaryFolder()
            let files = ["AWS_CONFIG_FILE": try folder.write("config", asked.config), "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"]
            do throws(AWSError) {
                let environment = ProcessEnvironment(files.merging(asked.environment) { $1 })
                let ours = try AWSClientConfiguration(service: asked.service, environment: environment).endpoint.url
                #expect(ours == answer.url, "\(asked): \(answer)")
            } catch {
                #expect(answer.error != nil && error.message.contains("AWS_USE_DUALSTACK_ENDPOINT"), "\(asked): \(error)")
            }
        }
    }

    private static func botocore(_ asked: Case) -> [String: String] {
        let region = asked.environment["AWS_REGION"].map { ["AWS_DEFAULT_REGION": $0] } ?? [:]
        return region.merging(["AWS_STS_REGIONAL_ENDPOINTS": "regional"]) { $1 }
    }

    @Test(arguments: [
        (["AWS_USE_FIPS_ENDPOINT": "yes"], "AWS_USE_FIPS_ENDPOINT is 'yes'"),
        (["AWS_USE_DUALSTACK_ENDPOINT": "1"], "AWS_USE_DUALSTACK_ENDPOINT is '1'"),
        (["AWS_REGION": "a\nb\u{1b}[2J"], #"'a\nb\u001b[2J'"#),
        (["AWS_REGION": "eu-west-1.evil.com/"], "the region"), (["AWS_REGION": "EU"], "the region"),
        (["AWS_ENDPOINT_URL": "localhost:8000"], "AWS_ENDPOINT_URL is not"),
        (["AWS_ENDPOINT_URL_DYNAMODB": "http://"], "AWS_ENDPOINT_URL_DYNAMODB"),
        (["AWS_PROFILE": "nobody"], "'nobody'"), (["AWS_PROFILE": "plain"], "no region; set AWS_REGION"),
    ])
    func nonsenseIsNamed(variables: [String: String], message: String) throws {
        let error = try #require(throws: AWSError.self) { try configuration(variables) }
        #expect(error.code == .configuration)
        #expect(error.message.contains(message), "\(error)")
    }

    @Test(arguments: [
        ("http://LocalHost:8000/", "http://localhost:8000", "localhost:8000"), ("https://h:443", "https://h", "h"),
        ("http://h:80/p/", "http://h/p", "h"),
        ("http://h:443", "http://h:443", "h:443"), ("http://[FD00:ec2::254]:80", "http://[fd00:ec2::254]", "[fd00:ec2::254]"),
    ])
    func endpointURL(text: String, url: String, authority: String) throws {
        let endpoint = try Endpoint(text, setBy: "x")
        #expect(endpoint.url == url)
        #expect(endpoint.authority == authority)
    }

    @Test(arguments: [
        "", "http", "http:", "http:/h", "http://h:0", "http://h:65536", "http://h:", "http://h:x", "http://u@h", "http://[::1", "http://h?q",
        "http://h/#f",
        "http://h/\u{7f}", "http://h h", "http://é", "ws://h", "http://[::1]x", "http://[]", "http://:80",
    ])
    func notAnEndpoint(text: String) {
        #expect(throws: AWSError.self) { try Endpoint(text, setBy: "x") }
    }
}
