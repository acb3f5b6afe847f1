//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import SafeText

/// A role that is assumed by the token in a file, as Kubernetes gives one to a pod.
struct WebIdentity: Sendable {
    /// The limit of STS, in bytes.
    private static let maximumToken = 20_000

    let role: AssumedRole
    let tokenFile: String
    /// Where the two were set, for the error.
    let origin: String

    init(role: AssumedRole, tokenFile: String, origin: String) {
        self.role = role
        self.tokenFile = tokenFile
        self.origin = origin
    }

    /// The one in AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN; nil when the former is not set.
    init?(environment: ProcessEnvironment) throws(AWSError) {
        let variable = "AWS_WEB_IDENTITY_TOKEN_FILE"
        guard let file = environment[variable] else { return nil }
        guard let arn = environment["AWS_ROLE_ARN"] else {
            throw AWSError(.credentials, "\(variable) is set but AWS_ROLE_ARN is not; set both or neither")
        }
        let role = try AssumedRole(arn: arn, sessionName: environment["AWS_ROLE_SESSION_NAME"], origin: "AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME")
        self.init(role: role, tokenFile: file, origin: variable)
    }

    /// The token as it is now; the file is rewritten before a token expires.
    func token() throws(AWSError) -> String {
        guard let bytes = try? File.read(tokenFile).get() else {
            throw AWSError(.credentials, "\(origin) names \(tokenFile.printable), which cannot be read")
        }
        let token = String(String(decoding: bytes, as: UTF8.self).unicodeScalars[...].trimmed)
        guard 1...Self.maximumToken ~= token.utf8.count, token.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw AWSError(.credentials, "\(origin) names \(tokenFile.printable), which holds no token")
        }
        return token
    }
}
