//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerConfiguration
import CircuitBreakerTesting
import Configuration
import LogLines
import Logging
import Testing

private typealias Settings = CircuitBreaker.Configuration

struct ReaderTests {
    private func reader(_ values: [AbsoluteConfigKey: ConfigValue]) -> ConfigReader {
        ConfigReader(provider: InMemoryProvider(values: values))
    }

    // A value that is allowed and not the default, and what must be given along with it.
    private static func given(_ setting: Setting<Settings>) -> [String: String] {
        var texts: [String: String] = [:]
        var next: Setting<Settings>? = setting
        while let setting = next, texts[setting.name] == nil {
            texts[setting.name] = other(setting)
            next = nil
            switch setting.relation {
            case .needs(let name)?: next = Settings.settings.first { $0.name == name }
            case .policies(let kinds)?: texts["POLICY"] = kinds.first?.rawValue
            case .atLeast?, nil: break
            }
        }
        return texts
    }

    private static func other(_ setting: Setting<Settings>) -> String {
        let old = setting.defaultText(in: Settings())
        switch setting.kind {
        case .whole(let range): return "\((old.flatMap { Int($0) } ?? range.lowerBound) + 1)"
        case .share: return old == "0.25" ? "0.5" : "0.25"
        case .duration: return "\((old.flatMap { Int64($0) } ?? 1000) + 7)"
        case .choice(let words): return words.first { $0 != old } ?? ""
        case .text: return "x"
        }
    }

    @Test(arguments: Settings.settings.map(\.name))
    func `Every setting has a key`(name: String) throws {
        let setting = try #require(Settings.settings.first { $0.name == name })
        let given = Self.given(setting)
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, text) in given {
            let setting = try #require(Settings.settings.first { $0.name == name })
            values[AbsoluteConfigKey(["circuitbreaker", setting.key])] = ConfigValue(.string(text), isSecret: false)
        }
        let configuration = try Settings(reader: reader(values).scoped(to: "circuitbreaker"))
        #expect(setting.defaultText(in: configuration) == given[name])
        #expect(setting.defaultText(in: configuration) != setting.defaultText(in: Settings()))
        // The same as by variables, of the same names in the environment.
        let variables = Dictionary(uniqueKeysWithValues: given.map { ("CIRCUITBREAKER_" + $0, $1) })
        let environment = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))
        let other = try Settings(reader: environment.scoped(to: "circuitbreaker"))
        for setting in Settings.settings {
            #expect(try setting.defaultText(in: other) == setting.defaultText(in: Settings(variables: variables)))
        }
    }

    @Test
    func `Numbers may be numbers`() throws {
        let configuration = try Settings(
            reader: reader(["policy": "failureRate", "failureRate": 0.25, "minimumCalls": 7, "timeoutMs": 1500, "jitter": "0.5"])
        )
        #expect(configuration.policy.rate == 0.25)
        #expect(configuration.recovery.openTime == .milliseconds(1500))
        #expect(configuration.recovery.jitter == 0.5)
    }

    @Test
    func `What holds for all is the base of what holds for one`() throws {
        let reader = reader(["timeoutMs": 1500, ["payments", "probes"]: 3, ["payments", "jitter"]: ""])
        let all = try Settings(reader: reader)
        let payments = try Settings(reader: reader.scoped(to: "payments"), base: all)
        #expect(payments.recovery.openTime == .milliseconds(1500))
        #expect((all.recovery.probes, payments.recovery.probes) == (1, 3))
        #expect(payments.recovery.jitter == all.recovery.jitter)
    }

    @Test(arguments: [
        ("failureThreshold", ConfigValue(.string("three"), isSecret: false), "three"),
        ("failureThreshold", ConfigValue(.bool(true), isSecret: false), "true"),
        ("probes", ConfigValue(.int(0), isSecret: false), "0"), ("timeoutMs", ConfigValue(.double(1.5), isSecret: false), "1.5"),
        ("jitter", ConfigValue(.stringArray(["0.5"]), isSecret: false), "0.5"),
    ])
    func `What cannot be used is named, whatever its type`(key: String, value: ConfigValue, text: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            _ = try Settings(reader: reader([AbsoluteConfigKey([key]): value]))
        }
        #expect(error.setting == key)
        #expect(error.value.contains(text))
    }
}

struct FollowingTests {
    private let clock = ManualClock()
    private let log = LogLines()

    private var logger: Logger { log.logger }

    @Test
    func `A breaker takes what changes while it runs, and keeps what it has when that cannot be used`() async throws {
        let provider = MutableInMemoryProvider(initialValues: [["circuitbreaker", "failureThreshold"]: 4])
        let reader = ConfigReader(provider: provider).scoped(to: "circuitbreaker")
        let breaker = try CircuitBreaker("payments", clock: clock, logger: logger)
        let following = Task { try await breaker.follow(reader) }
        await until { breaker.configuration.policy.threshold == 4 }
        provider.setValue("none", forKey: ["circuitbreaker", "failureThreshold"])
        await until { log.contains("not taken") && log.contains("failureThreshold") }
        #expect(breaker.configuration.policy.threshold == 4)
        provider.setValue(2, forKey: ["circuitbreaker", "failureThreshold"])
        await until { breaker.configuration.policy.threshold == 2 }
        struct Down: Error {}
        for _ in 0..<2 { _ = await breaker.result { throw Down() } }
        #expect(breaker.view.state == .open)
        following.cancel()
        _ = await following.result
    }

    @Test
    func `A registry takes settings for all and for some`() async throws {
        let provider = MutableInMemoryProvider(initialValues: ["probes": 2, ["payments", "probes"]: 3])
        let registry = try CircuitBreakerRegistry(clock: clock, logger: logger)
        let (payments, mail) = (try registry.breaker(for: "payments"), try registry.breaker(for: "mail"))
        let following = Task { try await registry.follow(ConfigReader(provider: provider), keys: ["payments"]) }
        await until { mail.configuration.recovery.probes == 2 && payments.configuration.recovery.probes == 3 }
        provider.setValue(0, forKey: ["payments", "probes"])
        await until { log.contains("payments.probes") }
        #expect(payments.configuration.recovery.probes == 3)
        provider.setValue(nil, forKey: ["payments", "probes"])
        await until { payments.configuration.recovery.probes == 2 }
        following.cancel()
        _ = await following.result
    }

    // Changes arrive by a stream, in their own time.
    private func until(_ isTrue: () -> Bool) async {
        while !isTrue() { try? await Task.sleep(for: .milliseconds(1)) }
    }
}
