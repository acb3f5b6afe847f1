//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker
import CircuitBreakerDynamoDB
import CircuitBreakerValkey
import Logging

struct TablesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Show the circuits of real tables on a page on this machine, and give them orders.",
        discussion: """
            Answers on 127.0.0.1, and only to this machine. The list needs the action dynamodb:Scan on the tables, the page of one circuit \
            dynamodb:GetItem, and orders dynamodb:UpdateItem too. While a page is open, it reads the tables completely every --refresh, \
            \(DynamoDBStore.longestPage) items per request, or only the circuit in view once a second; the page says what that costs.

            EXAMPLES:
              breaker dashboard --table circuits
              breaker dashboard --table circuits --table circuits-eu --allow-orders
              breaker dashboard --store valkey://127.0.0.1:6379/0
            """
    )

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A table's name; repeat it for more tables. [CIRCUITBREAKER_TABLE]", valueName: "name")
    )
    var table: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Valkey or Redis, beside tables or in place of them: \(ValkeySettings.form); give it again for another. [\(ValkeySettings.variable)]",
            valueName: "url"
        )
    )
    var store: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("The tables' region. [AWS_REGION]", valueName: "region"))
    var region: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The port; 0 means any that is free. (default: 8081)", valueName: "port"),
        transform: Arguments.count(from: 0, to: 65535)
    )
    var port = 8081

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often the tables are read while a page is open. (default: 15s)", valueName: "time"),
        transform: Arguments.duration()
    )
    var refresh: Duration = .seconds(15)

    @Flag(help: "Let the page give orders; without this, it is read-only.")
    var allowOrders = false

    @OptionGroup var author: OrderAuthor

    static let mostTables = 20

    func validate() throws {
        guard Set(table).count == table.count else { throw ValidationError("a table is named twice") }
        guard Set(store).count == store.count else { throw ValidationError("a store is named twice") }
        let count = table.count + store.count
        guard count <= Self.mostTables else { throw ValidationError("at most \(Self.mostTables) tables are shown, not \(count)") }
        for name in table { try TableOptions.check(name) }
        for url in store { _ = try StorePlace.server(url, by: "--store") }
    }

    func run() async throws {
        var places = table.map { StorePlace.table($0, region: region) }
        places += try store.map { try StorePlace.server($0, by: "--store") }
        if places.isEmpty { places = [try .named(region: region)] }
        let tables = try places.map { CircuitTables.Table(place: $0, store: try $0.store()) }
        do {
            // What cannot work is said here, not on the page.
            for table in tables { _ = try await table.store.circuits(after: nil, consistent: false) }
            try await serve(tables)
        } catch {
            for table in tables { await table.store.shutdown() }
            if let error = error as? StoreError { throw CommandFailure(error.message) }
            throw error
        }
        for table in tables { await table.store.shutdown() }
    }

    private func serve(_ tables: [CircuitTables.Table]) async throws {
        let circuits = CircuitTables(tables, refresh: refresh)
        let dashboard = TablesDashboard(circuits, author: allowOrders ? await author.name(for: tables.first?.place) : nil)
        let end = EndReport { "stopped" }
        let stopLimit = StopLimit(end)
        let server = LoopbackServer(port: port, logger: Logger(label: "breaker", factory: { _ in LineLogHandler() }))
        try await server.run(
            with: [TablesReading(tables: circuits)],
            onStart: { port in
                let orders = dashboard.author.map { "given as \($0)" } ?? "not allowed; --allow-orders lets the page give them"
                Output.write(
                    """
                    dashboard     http://127.0.0.1:\(port)\(Dashboard.path)
                    tables        \(tables.map(\.name).joined(separator: ", "))
                    orders        \(orders)
                    stop with     Ctrl-C

                    """
                )
            },
            respond: { request, access in await dashboard.respond(to: request, access) }
        )
        end.write()
        withExtendedLifetime(stopLimit) {}
    }
}
