//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetSimulator

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// Arrivals from a CSV file.
struct ArrivalsFile {
    let path: String

    func read() throws -> Arrivals {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw CommandFailure("the file '\(path)' of arrivals cannot be read", status: CommandFailure.usage)
        }
        do throws(SimulationError) {
            return try Arrivals(csv: String(decoding: data, as: UTF8.self))
        } catch {
            throw CommandFailure("the file '\(path)': \(error)", status: CommandFailure.usage)
        }
    }
}
