//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Why a service denied a request, as far as its message says.
package enum AccessDenial: Sendable, Hashable {
    /// The key that the table is encrypted with may not be used.
    case key(action: String?)
    /// A policy of this kind denies it, whatever others allow.
    case deny(policy: String)
    /// No policy of this kind allows it, and each kind that is there must.
    case missingAllow(policy: String)
    /// No policy of the caller's allows it.
    case notAllowed

    /// Reads what was denied.
    ///
    /// - Parameter answer: A service's refusal; nil when it is none for want of access.
    package init?(_ answer: ServiceAnswer?) {
        guard let answer, answer.code?.hasPrefix("AccessDenied") == true else { return nil }
        let message = answer.message ?? ""
        let text = message.lowercased()
        if text.contains("kms") {
            self = .key(action: message.split { !$0.isLetter && $0 != ":" }.first { $0.hasPrefix("kms:") && $0.count > 4 }.map(String.init))
        } else if let policy = Self.words(in: text, between: "explicit deny in a", and: "policy") {
            self = .deny(policy: policy)
        } else if text.contains("explicit deny") {
            self = .deny(policy: "")
        } else if let policy = Self.words(in: text, between: "because no", and: "policy allows"), policy != "identity-based" {
            self = .missingAllow(policy: policy)
        } else if text.contains("no permissions boundary allows") {
            self = .missingAllow(policy: "permissions boundary")
        } else {
            self = .notAllowed
        }
    }

    /// What to do about it.
    ///
    /// - Parameters:
    ///   - actions: The actions that are needed, for example `the action dynamodb:GetItem`.
    ///   - table: The table that they are needed on.
    /// - Returns: A clause without an end.
    package func advice(actions: String, table: String) -> String {
        switch self {
        case .key(let action):
            "allow \(action ?? "kms:Decrypt") on the key that the table '\(table)' is encrypted with, in the key's policy or in the caller's, "
                + "and see that the key is there and enabled"
        case .deny(let policy):
            "a Deny statement in \(Self.name(policy)) forbids it, and no Allow outweighs that: take \(actions) on the table '\(table)' out of it"
        case .missingAllow(let policy): "\(Self.name(policy)) must allow \(actions) on the table '\(table)' too"
        case .notAllowed: "allow \(actions) on the table '\(table)'"
        }
    }

    private static func name(_ policy: String) -> String {
        switch policy {
        case "": "a policy"
        case "vpc endpoint": "the policy of the VPC endpoint"
        case "permissions boundary": "the caller's permissions boundary"
        case let policy where policy.hasPrefix("n "): "an \(policy.dropFirst(2)) policy"
        default: "the \(policy) policy"
        }
    }

    /// The few words between two others.
    private static func words(in text: String, between start: String, and end: String) -> String? {
        guard let first = text.firstRange(of: start), let last = text[first.upperBound...].firstRange(of: end) else { return nil }
        let words = text[first.upperBound..<last.lowerBound]
        guard words.utf8.count <= 40 else { return nil }
        return words.split(separator: " ").joined(separator: " ")
    }
}
