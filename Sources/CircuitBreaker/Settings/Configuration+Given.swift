//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker.Configuration {
    // Takes over what was given, the later ways win, and checks what fits only together. Errors name what was given, as it was given.
    package mutating func take(_ ways: [GivenSettings]) throws(ConfigurationError) {
        var given: [String: GivenSetting<Self>] = [:]
        var kind = policy.kind
        for way in ways {
            let those = try Self.given(in: way)
            kind = try Self.kind(of: those, before: kind)
            for one in those { given[one.setting.name] = one }
        }
        policy.kind = kind
        for setting in Self.settings where setting.name != "POLICY" {
            if let one = given[setting.name] { setting.write(&self, one.value) }
        }
        // What must be at least as long as another setting gives way if nobody gave it.
        if given["MAX_TIMEOUT_MS"] == nil { recovery.maximumOpenTime = max(recovery.maximumOpenTime, recovery.openTime) }
        if given["LEASE_MS"] == nil, let timeout { recovery.lease = max(recovery.lease, timeout) }
        try checkNeeds(given)
        do throws(ConfigurationError) {
            _ = try rules()
        } catch {
            throw Self.named(error, given, ways.last?.form ?? .option)
        }
    }

    private static func given(in way: GivenSettings) throws(ConfigurationError) -> [GivenSetting<Self>] {
        var those: [GivenSetting<Self>] = []
        for setting in settings {
            if let one = try GivenSetting(setting, in: way) { those.append(one) }
        }
        return those
    }

    // The policy's kind, by what was given in one way: what says something of one kind only makes it that kind, unless POLICY says otherwise.
    private static func kind(of given: [GivenSetting<Self>], before: TripPolicy.Kind) throws(ConfigurationError) -> TripPolicy.Kind {
        var kind = before
        var cause: GivenSetting<Self>?
        if let policy = given.first(where: { $0.setting.name == "POLICY" }), case .word(let word) = policy.value {
            kind = TripPolicy.Kind(rawValue: word) ?? before
            cause = policy
        } else if let other = given.first(where: { !$0.kinds.contains(before) }) {
            kind = other.kinds.first ?? before
            cause = other
        }
        guard let cause, let wrong = given.first(where: { !$0.kinds.contains(kind) }) else { return kind }
        let words = wrong.kinds.map(\.rawValue).joined(separator: " or ")
        throw wrong.error("given with the policy \(words), while \(cause.title) makes it \(kind.rawValue)")
    }

    private func checkNeeds(_ given: [String: GivenSetting<Self>]) throws(ConfigurationError) {
        for setting in Self.settings {
            guard let one = given[setting.name], one.value != .off, case .needs(let name) = setting.relation, given[name] == nil else { continue }
            guard let other = Self.settings.first(where: { $0.name == name }) else { continue }
            // A zero stands where the rule was made of the one alone.
            guard other.read(self).map({ $0 == .duration(.zero) }) ?? true else { continue }
            throw one.error("given together with \(one.form.title(of: other))")
        }
    }

    // The error of settings that are wrong only together comes with their names in code.
    private static func named(_ error: ConfigurationError, _ given: [String: GivenSetting<Self>], _ form: SettingForm) -> ConfigurationError {
        func find(_ code: String) -> Setting<Self>? { settings.first { $0.code.split(separator: ".").last.map(String.init) == code } }
        let setting = find(error.setting)
        let other = error.bound.flatMap { find($0.setting) }
        guard let setting, given[setting.name] != nil || other.map({ given[$0.name] != nil }) ?? false else { return error }
        func shown(_ setting: Setting<Self>, _ value: String) -> (title: String, value: String) {
            given[setting.name].map { ($0.title, "\"\($0.text)\"") } ?? (form.title(of: setting), value)
        }
        let (title, value) = shown(setting, error.value)
        guard let bound = error.bound, let other else { return ConfigurationError(setting: title, value: value, allowed: error.allowed) }
        let limit = shown(other, bound.value)
        return ConfigurationError(setting: title, value: value, bound: .init(words: bound.words, setting: limit.title, value: limit.value))
    }
}
