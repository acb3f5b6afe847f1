//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import SafeText

/// The JSON in which containers, instances and credential processes hand out credentials.
enum CredentialDocument {
    /// Reads the document.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - tokenKey: The key of its session token.
    ///   - origin: Where it came from, for the error.
    /// - Returns: The credentials.
    /// - Throws: ``AWSError`` that names what is missing, and never a value.
    static func parse(_ bytes: [UInt8], tokenKey: String, origin: String) throws(AWSError) -> Credentials {
        guard let document = try? JSON(parsing: bytes), document.object != nil else {
            throw AWSError(.credentials, "\(origin) gave something that is not a JSON object")
        }
        if let code = document["Code"]?.string, code != "Success" {
            throw AWSError(.credentials, "\(origin) has no credentials: its code is \(code.printable)")
        }
        guard let id = document["AccessKeyId"]?.string, let secret = document["SecretAccessKey"]?.string else {
            throw AWSError(.credentials, "\(origin) gave no AccessKeyId or no SecretAccessKey")
        }
        let expiration = document["Expiration"]?.string.flatMap { LenientTimestamp.parse($0) }
        guard expiration != nil || document["Expiration"] == nil || document["Expiration"] == .null else {
            throw AWSError(.credentials, "\(origin) gave an Expiration that is not a date and a time with a zone")
        }
        let credentials = Credentials(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: document[tokenKey]?.string,
            expiration: expiration
        )
        guard credentials.areWellFormed else { throw AWSError(.credentials, "\(origin) gave keys that are not well formed") }
        return credentials
    }
}
