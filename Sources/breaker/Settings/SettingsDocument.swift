//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import UnreliableService

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// What the CDK app knows of the settings: the pattern's, with its defaults, so that a bad value stops the deploy and not the function.
struct SettingsDocument: Encodable {
    var breaker = CircuitBreaker.Configuration.settings.map { Entry($0, ServiceSettings.pattern) }
    var service = ServiceSettings.settings.map { Entry($0, ServiceSettings()) }

    struct Entry: Encodable {
        var name: String
        var kind: String
        var allowed: String
        var from: Int?
        var to: Int?
        var choices: [String]?
        var off: String?
        var value: String?
        var atLeast: String?
        var needs: String?
        var policies: [String]?

        enum CodingKeys: String, CodingKey {
            case name, kind, allowed, from, to, choices, off
            case value = "default"
            case atLeast, needs, policies
        }

        init<Subject: Configurable>(_ setting: Setting<Subject>, _ base: Subject) {
            name = setting.name
            allowed = setting.allowed(as: .variable(prefix: nil))
            value = setting.defaultText(in: base)
            off = setting.hasOff ? Setting<Subject>.off : nil
            switch setting.kind {
            case .whole(let range):
                (kind, from, to) = ("whole", range.lowerBound, range.upperBound == .max ? nil : range.upperBound)
            case .share(let orZero): (kind, from) = ("share", orZero ? 0 : nil)
            case .duration(let orZero): (kind, from, to) = ("milliseconds", orZero ? 0 : 1, Int(ConfigurationError.longest.milliseconds))
            case .choice(let words): (kind, choices) = ("choice", words)
            case .text: kind = "address"
            }
            switch setting.relation {
            case .atLeast(let other): atLeast = other
            case .needs(let other): needs = other
            case .policies(let kinds): policies = kinds.map(\.rawValue)
            case nil: break
            }
        }
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
