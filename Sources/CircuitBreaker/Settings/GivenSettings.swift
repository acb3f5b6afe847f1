//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What was given in one way: all by variables of one prefix, or all by options.
package struct GivenSettings: Sendable {
    package let form: SettingForm
    // By the settings' names. Empty text counts as not given in variables.
    package let texts: [String: String]

    package init(_ form: SettingForm, _ texts: [String: String]) {
        self.form = form
        self.texts = texts
    }

    package init<Subject: Configurable>(variables: [String: String], prefix: String? = nil, of _: Subject.Type) {
        form = .variable(prefix: prefix)
        var texts: [String: String] = [:]
        for setting in Subject.settings {
            if let text = variables[form.title(of: setting)], !text.isEmpty { texts[setting.name] = text }
        }
        self.texts = texts
    }
}

// A setting as it was given, with its value.
struct GivenSetting<Subject: Configurable> {
    let setting: Setting<Subject>
    let form: SettingForm
    let text: String
    let value: SettingValue

    // nil: it was not given in this way.
    init?(_ setting: Setting<Subject>, in given: GivenSettings) throws(ConfigurationError) {
        guard let text = given.texts[setting.name] else { return nil }
        form = given.form
        guard let value = setting.value(of: text, as: form) else {
            throw ConfigurationError(setting: form.title(of: setting), value: "\"\(text)\"", allowed: setting.allowed(as: form))
        }
        self.setting = setting
        self.text = text
        self.value = value
    }

    var title: String { form.title(of: setting) }

    // The policies with which it says something.
    var kinds: [TripPolicy.Kind] {
        if case .policies(let kinds) = setting.relation { kinds } else { TripPolicy.Kind.allCases }
    }

    func error(_ allowed: String) -> ConfigurationError {
        ConfigurationError(setting: title, value: "\"\(text)\"", allowed: allowed)
    }
}

extension Configurable {
    // Takes over what was given; the later ways win.
    package mutating func apply(_ ways: [GivenSettings]) throws(ConfigurationError) {
        for way in ways {
            for setting in Self.settings {
                if let given = try GivenSetting(setting, in: way) { setting.write(&self, given.value) }
            }
        }
    }
}
