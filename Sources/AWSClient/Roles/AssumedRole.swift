//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import SafeText

/// A role to assume, and what is asked of its session.
struct AssumedRole: Sendable, Hashable {
    let arn: String
    let sessionName: String?
    var externalID: String?
    /// In seconds.
    var duration: Int?

    /// A role whose ARN and session name have the form that STS wants.
    ///
    /// - Parameters:
    ///   - arn: The role.
    ///   - sessionName: How the session is called in logs; nil for a name of this library's.
    ///   - origin: Where the two were set, for the error.
    /// - Throws: ``AWSError`` with code `credentials` that names the bad value.
    init(arn: String, sessionName: String?, origin: String) throws(AWSError) {
        let fields = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard 20...2048 ~= arn.utf8.count, arn.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), fields.count >= 6, fields[0] == "arn", fields[2] == "iam"
        else {
            throw AWSError(.credentials, "the role of \(origin) is '\(arn.printable)', but must be like arn:aws:iam::111122223333:role/name")
        }
        if let sessionName, !Self.isSessionName(sessionName) {
            let problem = "the role session name of \(origin) is '\(sessionName.printable)'"
            throw AWSError(.credentials, "\(problem), but must be 2 to 64 of the characters A-Z a-z 0-9 _ + = , . @ -")
        }
        self.arn = arn
        self.sessionName = sessionName
    }

    /// The role of a profile.
    init(_ profile: Profile) throws(AWSError) {
        try self.init(arn: profile["role_arn"] ?? "", sessionName: profile["role_session_name"], origin: "profile '\(profile.name.printable)'")
        externalID = profile["external_id"]
        guard let duration = profile["duration_seconds"] else { return }
        guard let seconds = Int(duration), 900...43_200 ~= seconds else {
            let problem = "duration_seconds of profile '\(profile.name.printable)' is '\(duration.printable)'"
            throw AWSError(.credentials, "\(problem), but must be a number from 900 to 43200")
        }
        self.duration = seconds
    }

    private static func isSessionName(_ text: String) -> Bool {
        2...64 ~= text.utf8.count
            && text.utf8.allSatisfy { $0 < 0x80 && (Character(Unicode.Scalar($0)).isLetter || "0123456789_+=,.@-".utf8.contains($0)) }
    }
}
