//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
package import CircuitBreaker
package import LambdaRuntime

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// What variables and a file say. A value that cannot be used is a fault to be logged, and the default holds in its place.
package struct SidecarSettings: Sendable {
    package static let usualPort = 4243
    static let circuitsVariable = "CIRCUITBREAKER_CIRCUITS"
    static let metricsVariable = "CIRCUIT_METRICS"
    // Where Lambda unpacks the function.
    static let circuitsFile = "/var/task/circuit-breaker.json"
    private static let largestFile = 1 << 20

    package var port = Self.usualPort
    // How each circuit behaves, and how single ones do instead.
    package var configuration = CircuitBreaker.Configuration()
    package var circuits: [String: CircuitBreaker.Configuration] = [:]
    // Circuits that will be asked for: those with settings of their own, and the function's.
    package var known: [String] = []
    // Whether this process may be a copy of another.
    package var isSnapshot = false
    // Whether lines of metrics for CloudWatch are written.
    package var writesMetrics = false
    package var faults: [String] = []

    package init() {}

    package init(_ environment: Environment, read: (String) throws -> [UInt8]? = Self.read) {
        if let text = environment["CIRCUITBREAKER_PORT"] {
            if let port = Int(text), (0...65_535).contains(port) {
                self.port = port
            } else {
                faults.append("CIRCUITBREAKER_PORT is '\(text.prefix(80))', but must be a whole number from 0 to 65535; \(Self.usualPort) holds")
            }
        }
        switch environment[Self.metricsVariable] ?? "none" {
        case "none": break
        case "emf": writesMetrics = true
        case let text: faults.append("\(Self.metricsVariable) is '\(text.prefix(80))', but must be none or emf; none holds")
        }
        isSnapshot = environment["AWS_LAMBDA_INITIALIZATION_TYPE"] == "snap-start"
        configuration = forAll(environment)
        readCircuits(environment, read)
        let function = environment["AWS_LAMBDA_FUNCTION_NAME"].map { [$0] } ?? []
        known = circuits.keys.sorted() + function.filter { circuits[$0] == nil }
    }

    // Each variable that cannot be used is left out; those that fit only together are left out together.
    private mutating func forAll(_ environment: Environment) -> CircuitBreaker.Configuration {
        var variables: [String: String] = [:]
        for setting in CircuitBreaker.Configuration.settings { variables[setting.variable] = environment[setting.variable] }
        while true {
            do throws(ConfigurationError) {
                return try CircuitBreaker.Configuration(variables: variables)
            } catch {
                if variables.removeValue(forKey: error.setting) != nil {
                    faults.append("\(error); its default holds")
                } else {
                    faults.append("\(error); the defaults of all settings hold")
                    return .init()
                }
            }
        }
    }

    private mutating func readCircuits(_ environment: Environment, _ read: (String) throws -> [UInt8]?) {
        var place = Self.circuitsVariable
        do {
            let bytes: [UInt8]
            if let text = environment[Self.circuitsVariable], text.first(where: { !$0.isWhitespace }) == "{" {
                bytes = Array(text.utf8)
            } else {
                let named = environment[Self.circuitsVariable]
                place = named ?? Self.circuitsFile
                guard let content = try read(place) else {
                    if named != nil {
                        faults.append("\(Self.circuitsVariable) is '\(place.prefix(200))', but there is no such file, nor is it a JSON object")
                    }
                    return
                }
                bytes = content
            }
            guard let members = try JSON(parsing: bytes).object else {
                faults.append("\(place): it must hold a JSON object with a member for each circuit")
                return
            }
            for (id, value) in members.sorted(by: { $0.key < $1.key }) { addCircuit(id, value, place) }
        } catch {
            faults.append("\(place): \(error); circuits have no settings of their own")
        }
    }

    private mutating func addCircuit(_ id: String, _ value: JSON, _ place: String) {
        do throws(ConfigurationError) {
            try CircuitBreaker.validate(id: id)
            guard let members = value.object else {
                throw ConfigurationError(
                    setting: "circuit \(id)",
                    value: "\(value)",
                    allowed: "an object with settings, as {\"FAILURE_THRESHOLD\": 3}"
                )
            }
            var texts: [String: String] = [:]
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                guard CircuitBreaker.Configuration.settings.contains(where: { $0.name == name }) else {
                    throw ConfigurationError(
                        setting: "setting of circuit \(id)",
                        value: "\"\(name.prefix(80))\"",
                        allowed: "the name of a variable without CIRCUITBREAKER_, as FAILURE_THRESHOLD"
                    )
                }
                switch value {
                case .string(let text): texts[name] = text
                case .number(let number): texts[name] = number.text
                default: texts[name] = "\(value)"
                }
            }
            var own = configuration
            try own.take([GivenSettings(.variable(prefix: nil), texts)])
            circuits[id] = own
        } catch {
            faults.append("\(place): circuit \(id.prefix(80)): \(error); the settings of all circuits hold for it")
        }
    }

    // Nil: there is none.
    package static func read(_ path: String) throws -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: largestFile + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard count <= largestFile else {
            throw ConfigurationError(setting: path, value: "a larger file", allowed: "at most 1 MB")
        }
        return Array(bytes.prefix(count))
    }
}
