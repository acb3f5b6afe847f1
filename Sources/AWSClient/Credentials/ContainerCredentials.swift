//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOHTTP1
import SafeText

/// Credentials of the role of an ECS task or, by EKS Pod Identity, of a pod.
struct ContainerCredentials: CredentialsSource {
    let environment: ProcessEnvironment
    /// Where ECS serves AWS_CONTAINER_CREDENTIALS_RELATIVE_URI.
    var base = "http://169.254.170.2"

    private static let origin = "the container credentials endpoint"
    private static let relativeURI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    private static let fullURI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

    func load(now: Int64) async throws(AWSError) -> Credentials? {
        guard let url = try self.url() else { return nil }
        var headers: HTTPHeaders = ["Accept": "application/json"]
        if let token = try self.token() { headers.add(name: "Authorization", value: token) }
        let body = try await MetadataRequest(.GET, url, headers: headers, origin: Self.origin).body()
        return try CredentialDocument.parse(body, tokenKey: "Token", origin: Self.origin)
    }

    private func url() throws(AWSError) -> String? {
        if let path = environment[Self.relativeURI] {
            // Without the slash, '@host' and ':port' would be a part of the authority.
            guard path.hasPrefix("/"), path.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
                throw AWSError(.configuration, "\(Self.relativeURI) is '\(path.printable)', but must be a path that begins with '/'")
            }
            return base + path
        }
        guard let url = environment[Self.fullURI] else { return nil }
        let endpoint = try Endpoint(String(url.prefix { $0 != "?" }), setBy: Self.fullURI)
        guard endpoint.isSecure || Self.isTrusted(endpoint.hostname) else {
            throw AWSError(
                .configuration,
                "\(Self.fullURI) names the host \(endpoint.hostname); without https only loopback, ECS and EKS addresses are allowed"
            )
        }
        return url
    }

    /// The hosts that may be sent the token in the clear, as in the AWS SDKs.
    private static func isTrusted(_ host: String) -> Bool {
        if ["localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(host) { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return octets.count == 4 && octets[0] == 127 && octets.allSatisfy { $0 != nil }
    }

    private func token() throws(AWSError) -> String? {
        let fileVariable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
        guard let path = environment[fileVariable] else {
            return try Self.checked(environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"], setBy: "AWS_CONTAINER_AUTHORIZATION_TOKEN")
        }
        guard let text = try? File.read(path).get() else {
            throw AWSError(.credentials, "\(fileVariable) names \(path.printable), which cannot be read")
        }
        return try Self.checked(String(decoding: text, as: UTF8.self), setBy: fileVariable)
    }

    private static func checked(_ token: String?, setBy variable: String) throws(AWSError) -> String? {
        guard let token else { return nil }
        guard token.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
            throw AWSError(.credentials, "the token of \(variable) holds line ends or other characters that no header may have")
        }
        return token
    }
}
