//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import AWSClient
public import AsyncHTTPClient
public import CircuitBreaker
public import Logging
import Synchronization

/// Circuits in a DynamoDB table, for fleets whose processes share nothing else.
///
/// ```swift
/// let breaker = try CircuitBreaker("payments", store: DynamoDBStore(table: "circuits"))
/// try await breaker.prepare()
/// ```
/// The table has the partition key `id` (S); `breaker table create` makes one. A process needs the actions `dynamodb:GetItem` and
/// `dynamodb:UpdateItem` on it, and no others. Functions with circuitbreaker-lambda may share the table and its circuits.
///
/// A global table whose replicas resolve conflicts by the last writer voids what conditional writes promise between regions: more than one
/// region may win a change of state or a probe's slot, and reports may be lost. Keep to one region's replica for a circuit, or give the table
/// multi-Region strong consistency.
///
/// An item of another library under a circuit's id is reported as `unreadable` and never written. What is ours in an item begins with `cb_`,
/// but for the table's TTL attribute, `expiresAt`.
///
/// Region, endpoint and credentials are found where the AWS tools find them, in their order: keys in the environment; the role of the profile
/// that AWS_PROFILE names or of `default`, assumed by `source_profile` or `credential_source`; the web identity in AWS_WEB_IDENTITY_TOKEN_FILE;
/// the profile's own; a container's; the instance's. A profile that wants SSO, a login session or an MFA code is refused by name.
///
/// Settings that cannot work are errors of ``prepare()`` and of every verb, not of the initializer, so that calls go on as the breaker's
/// `onStoreLoss` says.
public final class DynamoDBStore: CircuitStore {
    struct Connection {
        var table: String
        var client: AWSJSONClient
        var endpoint: Endpoint
    }

    private enum Answer {
        case done(JSON)
        case refused(Item?)
    }

    let connection: Result<Connection, StoreError>
    private let known = Mutex(KnownItems())
    package let logger: Logger

    /// Creates a store.
    ///
    /// Region, credentials and endpoint come from where the AWS tools find them, unless given.
    /// - Parameters:
    ///   - table: the table's name or ARN; nil: the value of CIRCUITBREAKER_TABLE.
    ///   - region: the table's region; nil: that of the environment or the profile.
    ///   - endpoint: the service's URL; nil: that of the environment, the profile or the region.
    ///   - maximumConnections: how many requests may be under way at once; up to 256 more wait, and still more are refused as throttled.
    ///   - logger: logs retries, fetched credentials, and circuits that another program has changed.
    public convenience init(
        table: String? = nil,
        region: String? = nil,
        endpoint: String? = nil,
        maximumConnections: Int = 8,
        logger: Logger = Logger(label: "CircuitBreakerDynamoDB", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.init(
            table: table,
            region: region,
            endpoint: endpoint,
            maximumConnections: maximumConnections,
            environment: .current,
            logger: logger
        )
    }

    /// Creates a store over an HTTP client of the caller's.
    ///
    /// The client stays the caller's: ``shutdown()`` leaves it running. What the store's own client is made for, and this one must be told: no redirects,
    /// no second attempt to connect (`retryConnectionEstablishment`), and a limit to what is decompressed.
    /// - Parameters:
    ///   - httpClient: sends the requests.
    ///   - credentials: gives the credentials, and is asked again before they expire; nil: they come from where the AWS tools find them.
    ///   - table: the table's name or ARN; nil: the value of CIRCUITBREAKER_TABLE.
    ///   - region: the table's region; nil: that of the environment or the profile.
    ///   - endpoint: the service's URL; nil: that of the environment, the profile or the region.
    ///   - maximumConnections: how many requests may be under way at once; up to 256 more wait, and still more are refused as throttled.
    ///   - logger: logs retries, fetched credentials, and circuits that another program has changed.
    public convenience init(
        httpClient: HTTPClient,
        credentials: (@Sendable () async throws -> AWSCredentials)? = nil,
        table: String? = nil,
        region: String? = nil,
        endpoint: String? = nil,
        maximumConnections: Int = 8,
        logger: Logger = Logger(label: "CircuitBreakerDynamoDB", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.init(
            table: table,
            region: region,
            endpoint: endpoint,
            maximumConnections: maximumConnections,
            environment: .current,
            httpClient: httpClient,
            credentials: credentials.map { provide in ProvidedCredentials { try await provide().credentials } },
            logger: logger
        )
    }

    package init(
        table: String? = nil,
        region: String? = nil,
        endpoint: String? = nil,
        maximumConnections: Int = 8,
        environment: ProcessEnvironment,
        httpClient: HTTPClient? = nil,
        credentials: (any CredentialsSource)? = nil,
        logger: Logger = Logger(label: "CircuitBreakerDynamoDB", factory: { _ in SwiftLogNoOpLogHandler() }),
        configure: (inout AWSClientConfiguration) -> Void = { _ in }
    ) {
        self.logger = logger
        do throws(StoreError) {
            let settings = try StoreSettings(table: table, region: region, endpoint: endpoint, environment: environment)
            var configuration = settings.client
            configuration.maximumConnections = max(1, maximumConnections)
            configure(&configuration)
            let client = AWSJSONClient(configuration, credentials: credentials ?? settings.credentials, httpClient: httpClient, logger: logger)
            connection = .success(Connection(table: settings.table, client: client, endpoint: configuration.endpoint))
        } catch {
            connection = .failure(error)
        }
    }

    /// Reads a circuit's item.
    public func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? {
        let item = try await get(id, consistent: consistent)
        remember(item, of: id)
        return try item.map { (item) throws(StoreError) in try CircuitRecord(item) }
    }

    /// Adds a report to the item.
    ///
    /// It is never sent again when it is unknown whether it was added.
    public func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
        switch try await update(id, Update(report, known: known.withLock { $0[id] }), isResendable: false) {
        case .refused(let item):
            return .refused(try item.map { (item) throws(StoreError) in try CircuitRecord(item) })
        case .done(let output):
            var record = try changedRecord(output, of: id)
            // Attributes that this store has not seen before could not be removed yet.
            record.window.removeBuckets(before: report.keepFrom)
            return .accepted(record)
        }
    }

    /// Changes the item if the change's condition holds.
    public func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
        switch try await update(id, Update(change, known: known.withLock { $0[id] }), isResendable: true) {
        case .refused(let item):
            return .lost(try item.map { (item) throws(StoreError) in try CircuitRecord(item) })
        case .done(let output):
            return .won(try changedRecord(output, of: id))
        }
    }

    /// Opens a connection, and proves that the table is there, has the right key and may be read.
    public func prepare() async throws(StoreError) {
        // No circuit can have this id.
        _ = try await get("?", consistent: false)
    }

    /// Closes all connections.
    ///
    /// Verbs under way fail, and so do later ones.
    public func shutdown() async {
        guard case .success(let connection) = connection else { return }
        await connection.client.shutdown()
    }
}

extension DynamoDBStore {
    private func get(_ id: String, consistent: Bool) async throws(StoreError) -> Item? {
        let connection = try connection.get()
        let input: JSON = [
            "TableName": .string(connection.table), "Key": .object([Attribute.id: .text(id)]), "ConsistentRead": .bool(consistent),
        ]
        let item: Item?
        do throws(AWSError) {
            let output = try await connection.client.call("DynamoDB_20120810.GetItem", input, isResendable: true)
            item = output["Item"]?.object.map(Item.init)
        } catch {
            throw StoreError(error, table: connection.table, endpoint: connection.endpoint)
        }
        try item?.requireCircuit(id, table: connection.table)
        return item
    }

    private func update(_ id: String, _ update: Update, isResendable: Bool) async throws(StoreError) -> Answer {
        let connection = try connection.get()
        let input = update.input(table: connection.table, id: id)
        do throws(AWSError) {
            return .done(try await connection.client.call("DynamoDB_20120810.UpdateItem", input, isResendable: isResendable))
        } catch {
            guard error.answer?.code == "ConditionalCheckFailedException" else {
                throw StoreError(error, table: connection.table, endpoint: connection.endpoint)
            }
            let item = error.answer?.item?.object.map(Item.init)
            try item?.requireCircuit(id, table: connection.table)
            remember(item, of: id)
            return .refused(item)
        }
    }

    private func changedRecord(_ output: JSON, of id: String) throws(StoreError) -> CircuitRecord {
        guard let item = output["Attributes"]?.object.map(Item.init) else {
            throw StoreError(.unavailable, "the answer to a write does not show the item", mayHaveBeenApplied: true)
        }
        remember(item, of: id)
        do {
            return try CircuitRecord(item)
        } catch {
            var failure = error
            failure.mayHaveBeenApplied = true
            throw failure
        }
    }

    private func remember(_ item: Item?, of id: String) {
        let new = item.map { KnownItem($0) } ?? KnownItem()
        let old = known.withLock { known in
            defer { known[id] = new }
            return known[id]
        }
        guard let item, let edit = new.edit, edit != old.edit else { return }
        logger.notice(
            "Somebody else has changed the circuit's state; the next call decides by it",
            metadata: [
                "circuit": "\(id)", "circuitState": "\(edit.rawValue)",
                "before": "\(item.attributes[Attribute.state]?.text ?? CircuitState.closed.rawValue)",
            ]
        )
    }
}

extension CircuitStore where Self == DynamoDBStore {
    /// Circuits in a DynamoDB table; region, credentials and endpoint come from where the AWS tools find them.
    /// - Parameter table: the table's name or ARN; nil: the value of CIRCUITBREAKER_TABLE.
    /// - Returns: the store.
    public static func dynamoDB(table: String? = nil) -> DynamoDBStore {
        DynamoDBStore(table: table)
    }
}
