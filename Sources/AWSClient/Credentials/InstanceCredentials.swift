//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOHTTP1

/// Credentials of the role of an EC2 instance, from its metadata service, version 2 only.
struct InstanceCredentials: CredentialsSource {
    let environment: ProcessEnvironment

    private static let origin = "the instance metadata service"
    private static let path = "/latest/meta-data/iam/security-credentials/"

    func load(now: Int64) async throws(AWSError) -> Credentials? {
        guard environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else { return nil }
        let base = try self.base()
        let lifetime: HTTPHeaders = ["X-aws-ec2-metadata-token-ttl-seconds": "21600"]
        let token = try await text(MetadataRequest(.PUT, base + "/latest/api/token", headers: lifetime, origin: Self.origin))
        let headers: HTTPHeaders = ["X-aws-ec2-metadata-token": token]
        let role = try await text(MetadataRequest(.GET, base + Self.path, headers: headers, origin: Self.origin))
        let body = try await MetadataRequest(.GET, base + Self.path + role, headers: headers, origin: Self.origin).body()
        return try CredentialDocument.parse(body, tokenKey: "Token", origin: Self.origin)
    }

    private func base() throws(AWSError) -> String {
        let variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
        guard let url = environment[variable] else {
            let mode = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased()
            return mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        }
        return try Endpoint(url, setBy: variable).url
    }

    /// The answer's first line; it becomes a part of the next request.
    private func text(_ request: MetadataRequest) async throws(AWSError) -> String {
        let line = try await request.body().prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard !line.isEmpty, line.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw AWSError(.credentials, "\(Self.origin) gave an answer that makes no sense")
        }
        return String(decoding: line, as: UTF8.self)
    }
}
