//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Foundation

// The embedded metric format as its specification has it, with the limits of CloudWatch.
struct EmbeddedMetricsFormat: Error, CustomStringConvertible {
    let description: String

    private init(_ what: String) { description = what }

    static let units: Set<String> = {
        let sizes = ["Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"]
        let others = ["Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "None", "Count/Second"]
        return Set(sizes + sizes.map { $0 + "/Second" } + others)
    }()

    // The metrics of a line, by name.
    static func values(of line: String) throws -> [String: [Double]] {
        guard line.utf8.count <= 1_048_576, !line.contains("\n") else { throw Self("not one line of at most 1 MiB") }
        guard let root = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else { throw Self("not an object") }
        guard let metadata = root["_aws"] as? [String: Any] else { throw Self("no _aws") }
        guard let time = number(metadata["Timestamp"]), time == time.rounded(), time > 1e12, time < 1e13 else { throw Self("no Timestamp in ms") }
        guard let directives = metadata["CloudWatchMetrics"] as? [Any], !directives.isEmpty else { throw Self("no CloudWatchMetrics") }
        var values: [String: [Double]] = [:]
        for directive in directives {
            guard let directive = directive as? [String: Any] else { throw Self("a directive is no object") }
            for (name, value) in try self.values(of: directive, in: root) { values[name] = value }
        }
        return values
    }

    private static func values(of directive: [String: Any], in root: [String: Any]) throws -> [String: [Double]] {
        guard let namespace = directive["Namespace"] as? String, (1...1024).contains(namespace.count), !namespace.hasPrefix("AWS/") else {
            throw Self("no Namespace")
        }
        guard let sets = directive["Dimensions"] as? [Any], !sets.isEmpty else { throw Self("no Dimensions") }
        for set in sets {
            guard let keys = set as? [String], keys.count <= 30 else { throw Self("a dimension set is no array of at most 30 texts") }
            for key in keys {
                guard (1...250).contains(key.count), let value = root[key] as? String, (1...1024).contains(value.count) else {
                    throw Self("the dimension \(key) is no text of the root")
                }
            }
        }
        guard let metrics = directive["Metrics"] as? [Any], metrics.count <= 100 else { throw Self("no Metrics, or more than 100") }
        var values: [String: [Double]] = [:]
        for metric in metrics {
            guard let metric = metric as? [String: Any], let name = metric["Name"] as? String, (1...1024).contains(name.count) else {
                throw Self("a metric has no Name")
            }
            if let unit = metric["Unit"] {
                guard let unit = unit as? String, units.contains(unit) else { throw Self("\(name) has the unit \(unit)") }
            }
            if let resolution = metric["StorageResolution"] {
                guard let resolution = number(resolution), [1, 60].contains(resolution) else { throw Self("\(name) has no resolution of 1 or 60") }
            }
            if let value = number(root[name]) {
                values[name] = [value]
            } else {
                guard let several = root[name] as? [Any], several.count <= 100, case let numbers = several.compactMap({ number($0) }),
                    numbers.count == several.count
                else { throw Self("\(name) is no number of the root, nor at most 100 of them") }
                values[name] = numbers
            }
        }
        return values
    }

    // JSON's true is no number.
    private static func number(_ value: Any?) -> Double? {
        guard let number = value as? NSNumber, CFBoolean.isNot(number) else { return nil }
        return number.doubleValue
    }

    private enum CFBoolean {
        static func isNot(_ number: NSNumber) -> Bool { String(cString: number.objCType) != "c" }
    }
}
