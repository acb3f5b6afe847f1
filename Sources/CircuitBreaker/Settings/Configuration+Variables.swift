//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension CircuitBreaker.Configuration {
    /// Reads the settings from environment variables: those of circuitbreaker-lambda by its names, and the others by names of the same kind.
    ///
    /// | variable | meaning | default |
    /// |---|---|---|
    /// | `CIRCUITBREAKER_FAILURE_THRESHOLD` | failures within the window that open the circuit | 5 |
    /// | `CIRCUITBREAKER_SUCCESS_THRESHOLD` | probes that must succeed to close it | 2 |
    /// | `CIRCUITBREAKER_TIMEOUT_MS` | open time, in milliseconds | 10000 |
    /// | `CIRCUITBREAKER_MAX_TIMEOUT_MS` | the longest open time | 60000, or the open time if that is longer |
    /// | `CIRCUITBREAKER_WINDOW_DURATION_MS` | the window | 60000 |
    /// | `CIRCUITBREAKER_PROBES` | probes at once | 1 |
    /// | `CIRCUITBREAKER_LEASE_MS` | the longest that a probe may take | 10000 |
    /// | `CIRCUITBREAKER_RAMP_MS` | the ramp after recovery | 0 |
    /// | `CIRCUITBREAKER_JITTER` | random lengthening of open times, from 0 to 1 | 0 |
    /// | `CIRCUITBREAKER_MAX_VIEW_AGE_MS` | the greatest age of a view | 1000 |
    /// | `CIRCUITBREAKER_MAX_CLOCK_SKEW_MS` | the greatest difference of clocks | 1000 |
    /// | `CIRCUITBREAKER_STORE_TIMEOUT_MS` | the longest delay by the store | 500 |
    /// | `CIRCUITBREAKER_ON_STORE_LOSS` | `local`, `lastKnown`, `allow` or `reject` | `local` |
    /// | `CIRCUITBREAKER_CALL_TIMEOUT_MS` | the longest that a call may take | no limit |
    /// | `CIRCUITBREAKER_DEADLINE_MARGIN_MS` | how long before a deadline a call is cut; `off`: deadlines cut no call | 750 |
    /// - Parameters:
    ///   - variables: the variables, as `ProcessInfo.processInfo.environment` has them.
    ///   - base: what holds where a variable is missing or empty.
    /// - Throws: ``ConfigurationError`` that names the variable whose value cannot be used.
    public init(variables: [String: String], base: Self = .init()) throws(ConfigurationError) {
        self = base
        let settings = EnvironmentVariables(variables)
        if settings.has("FAILURE_THRESHOLD") || settings.has("WINDOW_DURATION_MS") {
            let window = try settings.duration("WINDOW_DURATION_MS") ?? policy.window
            if let threshold = try settings.integer("FAILURE_THRESHOLD") {
                let previous = policy
                policy = .failures(threshold, within: window)
                policy.slow = previous.slow
                policy.minimumReporters = previous.minimumReporters
            } else {
                policy.window = window
            }
        }
        recovery.successesToClose = try settings.integer("SUCCESS_THRESHOLD") ?? recovery.successesToClose
        if let openTime = try settings.duration("TIMEOUT_MS") {
            recovery.openTime = openTime
            recovery.maximumOpenTime = max(recovery.maximumOpenTime, openTime)
        }
        recovery.maximumOpenTime = try settings.duration("MAX_TIMEOUT_MS") ?? recovery.maximumOpenTime
        recovery.probes = try settings.integer("PROBES") ?? recovery.probes
        recovery.lease = try settings.duration("LEASE_MS") ?? recovery.lease
        recovery.ramp = try settings.duration("RAMP_MS", orZero: true) ?? recovery.ramp
        recovery.jitter = try settings.share("JITTER") ?? recovery.jitter
        sharing.maxViewAge = try settings.duration("MAX_VIEW_AGE_MS") ?? sharing.maxViewAge
        sharing.maxClockSkew = try settings.duration("MAX_CLOCK_SKEW_MS", orZero: true) ?? sharing.maxClockSkew
        sharing.storeTimeout = try settings.duration("STORE_TIMEOUT_MS") ?? sharing.storeTimeout
        sharing.onStoreLoss = try settings.storeLoss("ON_STORE_LOSS") ?? sharing.onStoreLoss
        timeout = try settings.duration("CALL_TIMEOUT_MS") ?? timeout
        if let margin = settings.text("DEADLINE_MARGIN_MS") {
            deadlineMargin = margin == "off" ? nil : try settings.duration("DEADLINE_MARGIN_MS", orZero: true, orWord: "off")
        }
        do throws(ConfigurationError) {
            _ = try rules()
        } catch {
            throw settings.named(error)
        }
    }
}

private struct EnvironmentVariables {
    static let prefix = "CIRCUITBREAKER_"
    let values: [String: String]

    init(_ values: [String: String]) {
        self.values = values
    }

    func has(_ name: String) -> Bool {
        text(name) != nil
    }

    func text(_ name: String) -> String? {
        values[Self.prefix + name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func integer(_ name: String, from least: Int = 1) throws(ConfigurationError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), number >= least else { throw error(name, text, "a whole number, at least \(least)") }
        return number
    }

    func duration(_ name: String, orZero: Bool = false, orWord word: String? = nil) throws(ConfigurationError) -> Duration? {
        guard let text = text(name) else { return nil }
        let least: Int64 = orZero ? 0 : 1
        guard let number = Int64(text), number >= least, .milliseconds(number) <= ConfigurationError.longest else {
            let words = word.map { ", or \($0)" } ?? ""
            throw error(name, text, "a whole number of milliseconds, at least \(least) and at most 366 days\(words)")
        }
        return .milliseconds(number)
    }

    func share(_ name: String) throws(ConfigurationError) -> Double? {
        guard let text = text(name) else { return nil }
        guard let number = Double(text), (0...1).contains(number) else { throw error(name, text, "a number from 0 to 1") }
        return number
    }

    func storeLoss(_ name: String) throws(ConfigurationError) -> SharingPolicy.StoreLoss? {
        guard let text = text(name) else { return nil }
        guard let value = SharingPolicy.StoreLoss(rawValue: text) else {
            throw error(name, text, "one of " + SharingPolicy.StoreLoss.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return value
    }

    // Settings that are wrong only together are found later, under their names in code.
    func named(_ error: ConfigurationError) -> ConfigurationError {
        let names = ["maximumOpenTime": "MAX_TIMEOUT_MS", "timeout": "CALL_TIMEOUT_MS", "probes": "PROBES", "successesToClose": "SUCCESS_THRESHOLD"]
        guard let name = names[error.setting], let text = text(name) else { return error }
        return self.error(name, text, error.allowed)
    }

    private func error(_ name: String, _ text: String, _ allowed: String) -> ConfigurationError {
        ConfigurationError(setting: Self.prefix + name, value: "\"\(text)\"", allowed: allowed)
    }
}
