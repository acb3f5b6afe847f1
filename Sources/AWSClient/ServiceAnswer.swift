//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOHTTP1

/// What a service said when it refused or failed a request.
public struct ServiceAnswer: Sendable, Hashable {
    /// The error's name without its namespace, for example `ConditionalCheckFailedException`; nil when the answer named none.
    public let code: String?
    /// The service's own words, without secrets, truncated to 1,000 characters.
    public let message: String?
    /// What AWS support asks for.
    public let requestID: String?
    /// The HTTP status.
    public let status: Int
    /// The item as it was, when a condition failed and the request asked for it.
    public let item: JSON?
    /// The service's clock, in milliseconds since 1970.
    let date: Int64?

    /// Reads an error answer.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - secrets: Texts to take out of the message: a refused signature is explained with the headers that were signed.
    init(_ response: HTTPAnswer, hiding secrets: [String]) {
        let body = try? JSON(parsing: response.body)
        let xml = body == nil ? XMLText(response.body.prefix(1 << 16)) : nil
        let type = response.headers.first(name: "x-amzn-errortype")?.prefix { $0 != ":" }
        let name = type.map(String.init) ?? body?["__type"]?.string ?? body?["code"]?.string ?? xml?["Code"]
        let message = body?["message"]?.string ?? body?["Message"]?.string ?? xml?["Message"]
        code = name.flatMap { $0.split(separator: "#").last.map(String.init) }
        self.message = message.map { Self.hide(secrets, in: $0) }
        requestID = response.headers.first(name: "x-amzn-requestid") ?? xml?["RequestId"]
        status = response.status
        item = body?["Item"]
        date = response.headers.first(name: "date").flatMap { DateText.parse(header: $0) }
    }

    /// AWS gives out none with fewer bytes.
    private static let shortestSecret = 16

    private static func hide(_ secrets: [String], in message: String) -> String {
        let clean = secrets.reduce(message) { message, secret in
            // A short one is a stand-in's, and may be a part of any word; only where a token is quoted it is known to be one.
            secret.utf8.count < Self.shortestSecret
                ? message.replacing("x-amz-security-token:\(secret)", with: "x-amz-security-token:[hidden]")
                : message.replacing(secret, with: "[hidden]")
        }
        return String(clean.prefix(1_000))
    }
}

extension ServiceAnswer {
    /// Whether the request was refused for the time in its signature.
    var isClockSkew: Bool {
        switch code {
        case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture": true
        case "InvalidSignatureException", "SignatureDoesNotMatch":
            message?.contains("Signature expired") == true || message?.contains("Signature not yet current") == true
        default: false
        }
    }

    /// Whether the request was refused because its credentials are past their time.
    var isExpiredCredentials: Bool {
        code == "ExpiredTokenException" || code == "ExpiredToken"
    }

    /// A 4xx is a refusal; after anything else that is unknown.
    var mayHaveBeenApplied: Bool { !(400..<500).contains(status) }
}

extension ServiceAnswer: CustomStringConvertible {
    /// The code, status and request id.
    public var description: String {
        "\(code ?? "no error code"), HTTP \(status), request id \(requestID ?? "none")"
    }
}
