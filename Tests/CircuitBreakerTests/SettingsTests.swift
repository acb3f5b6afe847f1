//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Foundation
import Testing

@Suite("Settings") struct SettingsTests {
    typealias Configuration = CircuitBreaker.Configuration

    // Another value than the default, as a variable has it, and what has to be given beside it.
    static func sample(_ setting: Setting<Configuration>) -> [String: String] {
        let value: String =
            switch (setting.kind, setting.read(Configuration())) {
            case (.whole, .whole(let number)): "\(number + 1)"
            case (.duration, .duration(let duration)): "\(duration.milliseconds + 1000)"
            case (.duration, _): "9000"
            case (.choice(let words), _): words.last ?? ""
            default: "0.25"
            }
        var given = [setting.name: value]
        switch setting.relation {
        case .policies(let kinds): given["POLICY"] = kinds.first?.rawValue
        case .needs:
            given.merge(["SLOW_CALL_RATE": "0.75", "SLOW_CALL_DURATION_MS": "500"]) { first, _ in first }
        default: break
        }
        return given
    }

    @Test("each has a variable, without and with a prefix, and the prefixed one wins", arguments: Configuration.settings.map(\.name))
    func variables(name: String) throws {
        let setting = try #require(Configuration.settings.first { $0.name == name })
        let sample = Self.sample(setting)
        let all = Dictionary(uniqueKeysWithValues: sample.map { ("CIRCUITBREAKER_" + $0, $1) })
        let one = Dictionary(uniqueKeysWithValues: sample.map { ("CIRCUITBREAKER_PAYMENTS_" + $0, $1) })
        let expected = try #require(sample[name])
        let base = setting.read(Configuration())?.text
        #expect(base != expected)
        #expect(try setting.read(Configuration(variables: all))?.text == expected)
        #expect(try setting.read(Configuration(variables: all, prefix: "PAYMENTS"))?.text == expected)
        #expect(try setting.read(Configuration(variables: one, prefix: "PAYMENTS"))?.text == expected)
        #expect(try setting.read(Configuration(variables: one, prefix: "ORDERS"))?.text == base)
        #expect(try setting.read(Configuration(variables: one))?.text == base)
        let other = Dictionary(uniqueKeysWithValues: Self.sample(setting).map { ("CIRCUITBREAKER_" + $0, $0 == name ? base ?? $1 : $1) })
        #expect(try setting.read(Configuration(variables: other.merging(one) { $1 }, prefix: "PAYMENTS"))?.text == expected)
    }

    @Test("a value that does not parse is an error that names the variable, with its prefix", arguments: Configuration.settings.map(\.name))
    func badValues(name: String) {
        for prefix in ["", "PAYMENTS_"] {
            let variable = "CIRCUITBREAKER_\(prefix)\(name)"
            let error = #expect(throws: ConfigurationError.self) { try Configuration(variables: [variable: "nonsense"], prefix: "PAYMENTS") }
            #expect(error?.setting == variable && error?.value == "\"nonsense\"")
        }
    }

    @Test("every stored property of a configuration is declared")
    func declared() throws {
        func labels(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }
        let base = Configuration()
        let own = labels(base).subtracting(["policy", "recovery", "sharing", "judge"])
        let expected = own.union(labels(base.recovery).map { "recovery." + $0 }).union(labels(base.sharing).map { "sharing." + $0 })
        #expect(Set(Configuration.settings.map(\.code).filter { !$0.hasPrefix("policy") }) == expected)
        // A trip policy's parts are settings one by one.
        #expect(labels(base.policy) == ["rule", "window", "slow", "minimumReporters"])
        let slow = try #require(base.policy.orSlowCalls(1, longerThan: .seconds(1), minimumCalls: 1).slow)
        #expect(labels(slow) == ["rate", "limit", "minimumCalls"])
        #expect(Set(Configuration.settings.map(\.name)).count == Configuration.settings.count)
    }

    @Test("policies are read back from JSON as they were, each setting changed", arguments: Configuration.settings.map(\.name))
    func coded(name: String) throws {
        let setting = try #require(Configuration.settings.first { $0.name == name })
        let variables = Dictionary(uniqueKeysWithValues: Self.sample(setting).map { ("CIRCUITBREAKER_" + $0, $1) })
        let configuration = try Configuration(variables: variables)
        func again<Value: Codable>(_ value: Value) throws -> Value { try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value)) }
        #expect(try again(configuration.policy) == configuration.policy)
        #expect(try again(configuration.recovery) == configuration.recovery)
        #expect(try again(configuration.sharing) == configuration.sharing)
    }

    @Test("the JSON form is the documented one")
    func form() throws {
        func text(_ value: some Encodable) throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        #expect(
            try text(TripPolicy.failures(5, within: .seconds(60)))
                == #"{"failureShare":0.2,"failureThreshold":5,"kind":"failures","minimumReporters":1,"windowMilliseconds":60000}"#
        )
        #expect(
            try text(TripPolicy.failureRate(0.5, minimumCalls: 20, within: .seconds(9)).orSlowCalls(0.25, longerThan: .seconds(2), minimumCalls: 7))
                == #"{"failureRate":0.5,"kind":"failureRate","minimumCalls":20,"minimumReporters":1,"#
                + #""slowCalls":{"longerThanMilliseconds":2000,"minimumCalls":7,"rate":0.25},"windowMilliseconds":9000}"#
        )
        #expect(
            try text(RecoveryPolicy())
                == #"{"jitter":0.5,"leaseMilliseconds":10000,"maximumOpenTimeMilliseconds":10000,"maximumRetryAfterMilliseconds":300000,"#
                + #""openTimeMilliseconds":10000,"probes":1,"rampMilliseconds":6500,"successesToClose":2}"#
        )
        #expect(
            try text(SharingPolicy())
                == #"{"alone":5,"lookBesideMilliseconds":300000,"maxClockSkewMilliseconds":1000,"maxHealthyViewAgeMilliseconds":4000,"#
                + #""maxViewAgeMilliseconds":1000,"onStoreLoss":"local","#
                + #""storeRetryIntervalMilliseconds":1000,"storeTimeoutMilliseconds":500}"#
        )
    }

    @Test(
        "JSON that cannot be used is an error that says why",
        arguments: [
            (#"{"kind": "luck"}"#, "luck"), (#"{"kind": "failures"}"#, "failureThreshold"),
            (#"{"kind": "failures", "failureThreshold": 0}"#, "at least 1"),
            (#"{"kind": "failures", "failureThreshold": 1, "failureRate": 0.5}"#, "does not go with failures"),
            (#"{"kind": "failures", "failureThreshold": 1, "windowSeconds": 1}"#, "windowMilliseconds"),
            (#"{"kind": "failures", "failureThreshold": 1, "windowMilliseconds": 9223372036854775807}"#, "366 days"),
            (#"{"kind": "failureRate", "failureRate": 2, "minimumCalls": 1}"#, "at most 1"),
            (#"{"kind": "failures", "failureThreshold": 1, "slowCalls": {"rate": 1, "minimumCalls": 1}}"#, "longerThanMilliseconds"),
        ]
    )
    func badJSON(json: String, word: String) {
        #expect {
            try JSONDecoder().decode(TripPolicy.self, from: Data(json.utf8))
        } throws: {
            "\($0)".contains(word)
        }
    }
}
