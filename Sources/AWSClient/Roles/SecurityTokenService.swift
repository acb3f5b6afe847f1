//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import NIOHTTP1

/// Gets the credentials of roles from AWS STS, by its Query protocol.
struct SecurityTokenService: Sendable {
    /// Says where the service is.
    let environment: ProcessEnvironment
    /// The time, in milliseconds since 1970.
    let now: Int64

    /// Assumes a role.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - credentials: Who assumes it.
    /// - Returns: Its credentials.
    /// - Throws: ``AWSError`` with code `credentials` when the service refuses or does not answer.
    func assume(_ role: AssumedRole, by credentials: Credentials) async throws(AWSError) -> Credentials {
        try await call("AssumeRole", role, [("ExternalId", role.externalID)], credentials: credentials, secrets: credentials.secrets)
    }

    /// Assumes a role by a token of an identity provider, which is all the proof that is asked for.
    func assume(_ role: AssumedRole, byToken token: String) async throws(AWSError) -> Credentials {
        try await call("AssumeRoleWithWebIdentity", role, [("WebIdentityToken", token)], credentials: nil, secrets: [token])
    }

    /// Says whose credentials these are; this needs no permission.
    ///
    /// - Parameter credentials: The credentials.
    /// - Returns: The caller's ARN.
    /// - Throws: ``AWSError`` with code `credentials` when the service refuses or does not answer.
    func callerARN(of credentials: Credentials) async throws(AWSError) -> String {
        let (body, origin) = try await answer("GetCallerIdentity", of: nil, [], credentials: credentials, secrets: credentials.secrets)
        guard let arn = XMLText(body)["Arn"], arn.hasPrefix("arn:"), arn.utf8.count <= 2048 else {
            throw AWSError(.credentials, "\(origin) gave no Arn that can be read")
        }
        return arn
    }

    private func call(
        _ action: String,
        _ role: AssumedRole,
        _ fields: [(String, String?)],
        credentials: Credentials?,
        secrets: [String]
    ) async throws(AWSError) -> Credentials {
        let common: [(String, String?)] = [
            ("RoleArn", role.arn), ("RoleSessionName", role.sessionName ?? "swift-circuit-breaker-\(now / 1_000)"),
            ("DurationSeconds", role.duration.map { "\($0)" }),
        ]
        let (body, origin) = try await answer(action, of: role, common + fields, credentials: credentials, secrets: secrets)
        return try Self.credentials(in: body, origin: origin)
    }

    private func answer(
        _ action: String,
        of role: AssumedRole?,
        _ fields: [(String, String?)],
        credentials: Credentials?,
        secrets: [String]
    ) async throws(AWSError) -> (body: [UInt8], origin: String) {
        let configuration = try AWSClientConfiguration(service: "sts", environment: self.environment)
        let origin = "\(action)\(role.map { " of \($0.arn)" } ?? "") at \(configuration.endpoint)"
        let body = Self.form([("Action", action), ("Version", "2011-06-15")] + fields)
        var date = now
        var isFirst = true
        while true {
            let answer: HTTPAnswer
            do {
                answer = try await Transport.once(request(body, configuration, credentials: credentials, date: date), origin: origin)
            } catch {
                guard isFirst, !Task.isCancelled else { throw error }
                isFirst = false
                continue
            }
            if answer.status == 200 { return (Array(answer.body), origin) }
            let refusal = ServiceAnswer(answer, hiding: secrets)
            guard isFirst, refusal.isClockSkew || answer.status >= 500 else {
                let words = [refusal.code ?? "HTTP \(answer.status)", refusal.message].compactMap { $0 }.joined(separator: ": ")
                throw AWSError(.credentials, "\(origin) was refused: \(words)", answer: refusal)
            }
            if refusal.isClockSkew { date = refusal.date ?? date }
            isFirst = false
        }
    }

    private func request(_ body: [UInt8], _ configuration: AWSClientConfiguration, credentials: Credentials?, date: Int64) -> HTTPCall {
        let endpoint = configuration.endpoint
        var request = SigningRequest(
            method: "POST",
            host: endpoint.authority,
            path: endpoint.path + "/",
            headers: [
                "Host": endpoint.authority, "Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "User-Agent": "swift-circuit-breaker",
            ],
            body: body
        )
        if let credentials {
            request = SigV4.sign(request, credentials: credentials, region: configuration.region, service: configuration.service, date: date)
        }
        return HTTPCall(method: .POST, url: endpoint.url + "/", headers: request.headers, body: body)
    }

    private static func credentials(in body: [UInt8], origin: String) throws(AWSError) -> Credentials {
        let answer = XMLText(body)
        guard let id = answer["AccessKeyId"], let secret = answer["SecretAccessKey"], let token = answer["SessionToken"],
            let expiration = answer["Expiration"].flatMap({ LenientTimestamp.parse($0) })
        else { throw AWSError(.credentials, "\(origin) gave no AccessKeyId, SecretAccessKey, SessionToken or Expiration that can be read") }
        let credentials = Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiration: expiration)
        guard credentials.areWellFormed else { throw AWSError(.credentials, "\(origin) gave keys that are not well formed") }
        return credentials
    }

    private static func form(_ fields: [(String, String?)]) -> [UInt8] {
        let pairs = fields.compactMap { name, value in value.map { "\(name)=\(SigningRequest.percentEncode($0, keeping: ""))" } }
        return Array(pairs.joined(separator: "&").utf8)
    }
}
