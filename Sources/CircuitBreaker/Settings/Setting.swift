//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A setting, declared once: variables, options, CDK context and the documentation's tables are made of this.
package struct Setting<Subject: Configurable>: Sendable {
    // As circuitbreaker-lambda writes it: MAX_TIMEOUT_MS.
    package let name: String
    // Where it is in code: recovery.maximumOpenTime.
    package let code: String
    package let kind: SettingKind
    package let meaning: String
    // Whether it can be switched off, by this word.
    package let hasOff: Bool
    package private(set) var relation: SettingRelation?
    package let read: @Sendable (Subject) -> SettingValue?
    package let write: @Sendable (inout Subject, SettingValue) -> Void

    package init(
        _ name: String,
        _ code: String,
        _ kind: SettingKind,
        _ meaning: String,
        hasOff: Bool = false,
        read: @escaping @Sendable (Subject) -> SettingValue?,
        write: @escaping @Sendable (inout Subject, SettingValue) -> Void
    ) {
        self.name = name
        self.code = code
        self.kind = kind
        self.meaning = meaning
        self.hasOff = hasOff
        self.read = read
        self.write = write
    }

    func with(_ relation: SettingRelation) -> Self {
        var setting = self
        setting.relation = relation
        return setting
    }

    package static var off: String { "off" }

    package var variable: String { Subject.namespace + name }

    // In a configuration, below the namespace: maxTimeoutMs. Environment variables are named by such keys in the same way as `variable` is.
    package var key: String {
        let words = name.lowercased().split(separator: "_")
        return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    // On the command line, durations have their unit in the value.
    package var option: String {
        let words = isDuration && name.hasSuffix("_MS") ? name.dropLast(3) : name[...]
        return words.lowercased().split(separator: "_").joined(separator: "-")
    }

    package var isDuration: Bool {
        if case .duration = kind { return true }
        return false
    }

    // What may be given.
    package func allowed(as form: SettingForm) -> String {
        kind.allowed(as: form) + (hasOff ? ", or \(Self.off)" : "")
    }

    // nil: it cannot be used.
    package func value(of text: String, as form: SettingForm) -> SettingValue? {
        hasOff && text == Self.off ? .off : kind.value(of: text, as: form)
    }

    // The default, as a variable would have it; nil: none.
    package func defaultText(in base: Subject) -> String? {
        read(base)?.text ?? (hasOff ? Self.off : nil)
    }
}

// What has settings.
package protocol Configurable: Sendable {
    static var settings: [Setting<Self>] { get }
    // What the names of all its variables begin with.
    static var namespace: String { get }
}

// How a setting depends on another, by its name. One that was not given is adjusted.
package enum SettingRelation: Hashable, Sendable {
    case atLeast(String)
    // It says nothing without the other.
    case needs(String)
    // It says nothing unless the setting POLICY is one of these.
    case policies([TripPolicy.Kind])
}
