//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import ArgumentParser
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerValkey

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// Where circuits are: in a table of DynamoDB, or in Valkey.
enum StorePlace: Sendable, CustomStringConvertible {
    case table(String, region: String?)
    case server(url: String, name: String)

    // Usage errors are worded by the parser.
    static func server(_ url: String, by setting: String) throws -> StorePlace {
        do throws(StoreError) {
            return .server(url: url, name: try ValkeySettings(url: url).name)
        } catch {
            throw ValidationError("\(setting): \(error.message)")
        }
    }

    // What the environment names.
    static func named(region: String?) throws -> StorePlace {
        let environment = ProcessInfo.processInfo.environment
        let (table, url) = (environment["CIRCUITBREAKER_TABLE"] ?? "", environment[ValkeySettings.variable] ?? "")
        guard table.isEmpty || url.isEmpty else {
            throw ValidationError("CIRCUITBREAKER_TABLE and \(ValkeySettings.variable) are both set: give --table or --store")
        }
        return url.isEmpty ? .table(try TableOptions.named(), region: region) : try .server(url, by: ValkeySettings.variable)
    }

    // Without a password.
    var name: String {
        switch self {
        case .table(let name, _), .server(_, let name): name
        }
    }

    var description: String {
        switch self {
        case .table(let name, _): "the table '\(name)'"
        case .server(_, let name): name
        }
    }

    var option: String {
        switch self {
        case .table(let name, _): "--table \(name)"
        case .server(_, let name): "--store '\(name)'"
        }
    }

    // For a person who would rather wait than be refused.
    func store() throws -> any OperatedStore {
        switch self {
        case .table(let name, let region):
            do throws(StoreError) {
                _ = try StoreSettings(table: name, region: region, endpoint: nil, environment: .current)
            } catch {
                throw CommandFailure(error.message)
            }
            return DynamoDBStore(table: name, region: region, environment: .current) { configuration in
                configuration.timeLimit = .seconds(15)
                configuration.connectTimeout = .seconds(5)
                // A page is at most a megabyte of items, which JSON makes longer.
                configuration.maximumAnswerBytes = 16 << 20
            }
        case .server(let url, _): return ValkeyStore.patient(url: url)
        }
    }
}

struct StoreOptions: ParsableArguments {
    @OptionGroup var table: TableOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Valkey or Redis in place of a table: \(ValkeySettings.form), or valkeys:// for TLS. [\(ValkeySettings.variable)]",
            valueName: "url"
        )
    )
    var store: String?

    func validate() throws {
        guard let store else { return }
        guard table.table == nil else { throw ValidationError("give --table or --store, not both") }
        _ = try StorePlace.server(store, by: "--store")
    }

    func place() throws -> StorePlace {
        if let store { return try .server(store, by: "--store") }
        if let name = table.table { return .table(name, region: table.region) }
        return try .named(region: table.region)
    }

    func withStore(_ body: (any OperatedStore, StorePlace) async throws -> Void) async throws {
        let place = try place()
        let store = try place.store()
        do {
            try await body(store, place)
        } catch {
            await store.shutdown()
            if let error = error as? StoreError { throw CommandFailure(error.message) }
            throw error
        }
        await store.shutdown()
    }
}
