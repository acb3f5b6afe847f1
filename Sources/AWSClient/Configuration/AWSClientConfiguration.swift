//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import SafeText

/// Which service a client calls, where, and within what limits.
public struct AWSClientConfiguration: Sendable, Hashable {
    /// The name that requests are signed for and that endpoints begin with, for example `dynamodb`.
    public let service: String
    /// The region that requests are signed for.
    public let region: String
    /// Where the service is reached.
    public let endpoint: Endpoint
    /// The version of the JSON protocol that the service speaks.
    public var jsonVersion = JSONVersion.v1_0
    /// How long a call may take in all, its retries included.
    public var timeLimit = Duration.seconds(2)
    /// How long it may take to make a connection.
    public var connectTimeout = Duration.seconds(1)
    /// How long a connection is kept without use.
    ///
    /// After a longer pause, a freeze for example, none that is older is used.
    public var idleTimeout = Duration.seconds(10)
    /// How many calls may be under way at once, each on a connection of its own.
    ///
    /// More calls than that wait, within their time limits.
    public var maximumConnections = 8
    /// How many calls may wait.
    ///
    /// One more fails at once: with that many, an error helps more than a wait.
    public var maximumWaitingCalls = 256
    /// The largest answer that is read, in bytes.
    public var maximumAnswerBytes = 2 << 20

    /// Creates a configuration from values.
    ///
    /// - Parameters:
    ///   - service: The signing name, for example `dynamodb`.
    ///   - region: The region, for example `eu-west-1`.
    ///   - endpoint: A URL, or nil for the service's own in the region.
    /// - Throws: ``AWSError`` with code `configuration` when the region or the endpoint makes no sense.
    public init(service: String, region: String, endpoint: String? = nil) throws(AWSError) {
        try self.init(service: service, region: region, endpoint: endpoint.map { ($0, "the endpoint") }, variant: EndpointVariant())
    }

    /// Creates a configuration as the AWS tools and SDKs do, from environment variables and the shared config file.
    ///
    /// The region is that of AWS_REGION, AWS_DEFAULT_REGION or the profile. The endpoint is that of AWS_ENDPOINT_URL_SERVICE (for example
    /// AWS_ENDPOINT_URL_DYNAMODB), AWS_ENDPOINT_URL or the profile, unless AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true; or else the region's,
    /// as AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT or the profile's `use_fips_endpoint` and `use_dualstack_endpoint` say.
    ///
    /// - Parameters:
    ///   - service: The signing name, for example `dynamodb`.
    ///   - environment: The environment variables.
    /// - Throws: ``AWSError`` with code `configuration` that names the setting that is missing or makes no sense.
    public init(service: String, environment: ProcessEnvironment = .current) throws(AWSError) {
        let profile = try Profiles(environment: environment).chosen()
        guard let region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? profile?["region"] else {
            throw AWSError(.configuration, "no region; set AWS_REGION, or region in the profile '\((profile?.name ?? "default").printable)'")
        }
        let endpoint = Self.endpoint(of: service, environment: environment, profile: profile)
        let variant = try EndpointVariant(environment: environment, profile: profile)
        try self.init(service: service, region: region, endpoint: endpoint, variant: variant)
    }

    private init(service: String, region: String, endpoint: (url: String, setting: String)?, variant: EndpointVariant) throws(AWSError) {
        let label = "abcdefghijklmnopqrstuvwxyz0123456789-"
        guard 1...63 ~= region.utf8.count, region.allSatisfy(label.contains) else {
            throw AWSError(.configuration, "the region '\(region.printable)' is not a name such as eu-west-1")
        }
        self.service = service
        self.region = region
        if let endpoint {
            self.endpoint = try Endpoint(endpoint.url, setBy: endpoint.setting)
        } else {
            self.endpoint = try Endpoint(variant.url(service: service, region: region), setBy: "the region")
        }
    }

    private static func endpoint(of service: String, environment: ProcessEnvironment, profile: Profile?) -> (String, String)? {
        guard environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() != "true" else { return nil }
        for variable in ["AWS_ENDPOINT_URL_\(service.uppercased())", "AWS_ENDPOINT_URL"] {
            if let url = environment[variable] { return (url, variable) }
        }
        return profile?.endpointURL(service: service).map { ($0, "endpoint_url of the profile") }
    }
}

extension AWSClientConfiguration {
    /// A version of AWS's JSON protocol.
    public enum JSONVersion: String, Sendable, Hashable {
        /// That of DynamoDB, for example.
        case v1_0 = "1.0"
        /// That of EventBridge, for example.
        case v1_1 = "1.1"
    }
}
