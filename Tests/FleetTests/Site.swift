//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerValkey
import FleetOrders
import Foundation
import Logging
import MinistackSupport
import ValkeySupport

// A table in a real server, and a user who may do what the documentation asks for and nothing more.
struct Site: FleetSite {
    private static let made = Task {
        let server = try await Ministack.shared
        try await server.createTable("fleet")
        let variables = try await server.user(allowedTo: ["dynamodb:GetItem", "dynamodb:UpdateItem"])
        return Site(server: server, variables: variables)
    }

    static var shared: Site {
        get async throws { try await made.value }
    }

    let server: Ministack
    let table = "fleet"
    let variables: [String: String]

    // The user's variables, with another server in between.
    func variables(by proxy: FaultProxy?) -> [String: String] {
        variables.merging(proxy.map { ["AWS_ENDPOINT_URL_DYNAMODB": $0.url] } ?? [:]) { $1 }
    }

    func setup(_ name: String, _ circuit: String, by proxy: FaultProxy?) -> WorkerSetup {
        WorkerSetup(name: name, circuit: circuit, table: table, variables: variables(by: proxy))
    }

    func setup(_ name: String, _ circuit: String) -> WorkerSetup { setup(name, circuit, by: nil) }

    func newStore() -> any CircuitStore { store() }

    func store(by proxy: FaultProxy? = nil) -> DynamoDBStore {
        DynamoDBStore(table: table, environment: ProcessEnvironment(variables(by: proxy))) {
            // Machines that test may be slow.
            $0.timeLimit = .seconds(30)
            $0.connectTimeout = .seconds(30)
        }
    }

    func close(_ store: any CircuitStore) async {
        await (store as? DynamoDBStore)?.shutdown()
    }
}

// A server of Valkey, or two of which one is the other's replica.
struct ValkeySite: FleetSite {
    private static let made = Task { ValkeySite(url: try await ValkeyServer.shared.url) }

    static var shared: ValkeySite {
        get async throws { try await made.value }
    }

    let url: String

    func setup(_ name: String, _ circuit: String) -> WorkerSetup {
        var setup = WorkerSetup(name: name, circuit: circuit, table: "", variables: [:])
        setup.valkey = url
        return setup
    }

    func newStore() -> any CircuitStore { ValkeyStore.patient(url: url) }

    func close(_ store: any CircuitStore) async {
        await (store as? ValkeyStore)?.shutdown()
    }
}

// The stores that can be had here.
enum SharedStore: String, CaseIterable, Sendable {
    case dynamoDB, valkey

    static var here: [SharedStore] { allCases.filter { $0 != .valkey || ValkeyServer.isHere } }

    var site: any FleetSite {
        get async throws {
            switch self {
            case .dynamoDB: try await Site.shared
            case .valkey: try await ValkeySite.shared
            }
        }
    }
}

// Where a fleet keeps its records.
protocol FleetSite: Sendable {
    func setup(_ name: String, _ circuit: String) -> WorkerSetup
    func newStore() -> any CircuitStore
    func close(_ store: any CircuitStore) async
}

extension FleetSite {
    // Somebody who looks on, and gives orders.
    func onlooker(_ circuit: String) throws -> CircuitBreaker {
        try CircuitBreaker(
            circuit,
            store: newStore(),
            configuration: .init(sharing: .init(storeTimeout: .seconds(30))),
            logger: Logger(label: "onlooker") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    func record(_ circuit: String) async throws -> CircuitRecord {
        let store = newStore()
        let record = try await store.read(circuit, consistent: true)
        await close(store)
        return record ?? CircuitRecord()
    }
}

struct Slow: Error, CustomStringConvertible {
    let description: String
}

// Looks again and again until there is something to see.
@discardableResult
func poll<Value>(_ what: String, _ seconds: Double = 20, _ look: () async throws -> Value?) async throws -> Value {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
        if let value = try await look() { return value }
        guard ContinuousClock.now < end else { throw Slow(description: "waited \(seconds) s until \(what)") }
        try await Task.sleep(for: .milliseconds(2))
    }
}

func uniqueID(_ name: String) -> String {
    "\(name).\(EnvironmentID.random().rawValue)"
}

extension Sequence<WorkerProcess> {
    // All at once.
    func ask(_ order: WorkerOrder) async throws -> [WorkerReply] {
        for worker in self { try worker.give(order) }
        var replies: [WorkerReply] = []
        for worker in self { replies.append(try await worker.reply()) }
        return replies
    }
}

extension CircuitWindow {
    // How many slices there are depends on when the calls were made.
    var failures: Int { buckets.reduce(0) { $0 + $1.tally.failures } }
}
