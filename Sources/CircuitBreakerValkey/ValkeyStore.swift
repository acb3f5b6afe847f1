//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import Logging
import NIOCore
import SafeText

/// Circuits in Valkey or Redis, for fleets of servers that have one beside them.
///
/// ```swift
/// let breaker = try CircuitBreaker("payments", store: ValkeyStore(url: "valkey://cache.internal/0"))
/// try await breaker.prepare()
/// ```
/// Each circuit is a hash under the key `circuits:` and its id. A read is one HGETALL, a write one EVALSHA of a script that changes the hash if the write's condition holds
/// and answers with all of it. All requests of a process go over one connection, without waiting for each other.
///
/// The URL is `valkey://[user:password@]host[:port][,host[:port]…][/database][?prefix=text&ca=file]`; `valkeys://` speaks TLS, and `redis://` and `rediss://` are the same.
/// Of several servers the one that is no replica is used, and looked for again when the connection is lost. A cluster is not followed, and Sentinel is not asked.
///
/// What the server had not yet copied to the replica that takes its place, or had not yet on its disk when it was killed, is lost, although it was acknowledged: reports, or the last
/// change of state. The circuit is then what the older record says, or CLOSED where there is none. Under a `maxmemory-policy` that evicts keys with an expiry a circuit may be forgotten too.
///
/// A key that holds something else is reported as `unreadable` and never written.
///
/// Settings that cannot work are errors of ``prepare()`` and of every verb, not of the initializer, so that calls go on as the breaker's `onStoreLoss` says.
public final class ValkeyStore: CircuitStore {
    struct Connection {
        var settings: ValkeySettings
        var link: Link
    }

    let connection: Result<Connection, StoreError>
    package let logger: Logger

    /// Creates a store; it connects when it is first asked.
    /// - Parameters:
    ///   - url: where the server is, as above; nil: the value of CIRCUITBREAKER_STORE.
    ///   - logger: logs what a script's loading or a lost connection costs, at `debug`.
    public convenience init(
        url: String? = nil,
        logger: Logger = Logger(label: "CircuitBreakerValkey", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.init(url: url, limits: Limits(), logger: logger)
    }

    // For a person who would rather wait than be refused.
    package static func patient(url: String?) -> ValkeyStore {
        var limits = Limits()
        (limits.connect, limits.answer) = (.seconds(5), .seconds(15))
        limits.replyBytes = 16 << 20
        return ValkeyStore(url: url, limits: limits, logger: Logger(label: "CircuitBreakerValkey", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    init(url: String?, limits: Limits, logger: Logger = Logger(label: "CircuitBreakerValkey", factory: { _ in SwiftLogNoOpLogHandler() })) {
        self.logger = logger
        do throws(StoreError) {
            let settings = try ValkeySettings(url: url)
            connection = .success(Connection(settings: settings, link: try Link(settings, limits)))
        } catch {
            connection = .failure(error)
        }
    }

    /// Reads a circuit's hash; always consistent with the server that answers.
    public func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? {
        let connection = try connection.get()
        let reply = try await answer(to: Command("HGETALL", connection.settings.key(of: id)), isResendable: true)
        return try connection.settings.record(reply, id)
    }

    /// Adds a report to the hash.
    ///
    /// It is never sent again when it is unknown whether it was added.
    public func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
        switch try await carryOut(Update(report), on: id, isResendable: false) {
        case .done(let record): .accepted(record)
        case .refused(let record): .refused(record)
        }
    }

    /// Changes the hash if the change's condition holds.
    public func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
        switch try await carryOut(Update(change), on: id, isResendable: true) {
        case .done(let record): .won(record)
        case .refused(let record): .lost(record)
        }
    }

    /// Connects, and proves that circuits may be read and the script be run; the server then knows it.
    public func prepare() async throws(StoreError) {
        var impossible = Update()
        impossible.require(Fields.form.name, is: "")
        // No circuit can have this id.
        _ = try await carryOut(impossible, on: "?", isResendable: true)
    }

    /// Closes the connection.
    ///
    /// Verbs under way fail, and so do later ones.
    public func shutdown() async {
        guard case .success(let connection) = connection else { return }
        await connection.link.shutdown()
    }
}

extension ValkeyStore {
    fileprivate enum Outcome {
        case done(CircuitRecord)
        case refused(CircuitRecord?)
    }

    private func carryOut(_ update: Update, on id: String, isResendable: Bool) async throws(StoreError) -> Outcome {
        let connection = try connection.get()
        let operands = ["1", connection.settings.key(of: id)] + update.words
        var reply = try await answer(to: Command(["EVALSHA", Script.digest] + operands), isResendable: isResendable)
        if case .error(let text) = reply, text.hasPrefix("NOSCRIPT") {
            logger.debug("The server does not know the script yet")
            reply = try await answer(to: Command(["EVAL", Script.text] + operands), isResendable: isResendable)
        }
        return try connection.settings.outcome(reply, id)
    }

    // A command that changes nothing when it is repeated is sent once more after a connection was lost.
    private func answer(to command: Command, isResendable: Bool) async throws(StoreError) -> Reply {
        let link = try connection.get().link
        do throws(StoreError) {
            return note(try await link.answer(to: command), link)
        } catch {
            guard isResendable || !error.mayHaveBeenApplied, error.underlyingError is ConnectionLost, !Task.isCancelled else { throw error }
            logger.debug("The connection was lost", metadata: ["error": "\(error)"])
            return note(try await link.answer(to: command), link)
        }
    }

    private func note(_ reply: Reply, _ link: Link) -> Reply {
        // It was the server to write to, and is no more.
        if case .error(let text) = reply, text.hasPrefix("READONLY") { link.renew() }
        return reply
    }
}

extension ValkeySettings {
    fileprivate func outcome(_ reply: Reply, _ id: String) throws(StoreError) -> ValkeyStore.Outcome {
        guard case .list(let elements) = reply, let word = elements.first?.string else { throw error(reply, id, mayHaveBeenApplied: true) }
        switch word {
        case Script.answers.done:
            do throws(StoreError) {
                guard let record = try record(elements.dropFirst(), id) else { throw unexpected(id) }
                return .done(record)
            } catch {
                var failure = error
                failure.mayHaveBeenApplied = true
                throw failure
            }
        case Script.answers.refused: return .refused(try record(elements.dropFirst(), id))
        case Script.answers.foreign: throw foreign(id, kind: elements.last?.string ?? "")
        case Script.answers.unreadable: throw Fields.unreadable(elements.last?.string ?? "")
        default: throw unexpected(id)
        }
    }

    func record(_ reply: Reply, _ id: String) throws(StoreError) -> CircuitRecord? {
        guard case .list(let elements) = reply else { throw error(reply, id, mayHaveBeenApplied: false) }
        return try record(elements, id)
    }

    private func record(_ elements: some Collection<Reply>, _ id: String) throws(StoreError) -> CircuitRecord? {
        guard let fields = Fields(elements) else { throw unexpected(id) }
        if elements.isEmpty { return nil }
        guard fields.isCircuit else { throw foreign(id, kind: "hash") }
        return try CircuitRecord(fields)
    }

    private func error(_ reply: Reply, _ id: String, mayHaveBeenApplied: Bool) -> StoreError {
        switch reply {
        case .error(let text) where text.hasPrefix("WRONGTYPE"): foreign(id, kind: "")
        case .error(let text): StoreError(serverError: text, at: name)
        case .tooLong:
            StoreError(
                .unreadable,
                "what the key '\(key(of: id).printable)' holds is longer than a circuit's hash can be; delete the key, and the circuit starts over CLOSED",
                mayHaveBeenApplied: mayHaveBeenApplied
            )
        default: unexpected(id)
        }
    }

    private func unexpected(_ id: String) -> StoreError {
        StoreError(.unavailable, "the answer of \(name) about '\(key(of: id).printable)' is not what Valkey and Redis give", mayHaveBeenApplied: true)
    }

    private func foreign(_ id: String, kind: String) -> StoreError {
        let what = kind.isEmpty || kind == "hash" ? "no circuit of this library" : "a \(kind.printable) and no circuit"
        return StoreError(
            .unreadable,
            "the key '\(key(of: id).printable)' holds \(what): it was left as it is; give the circuit another name, or circuits a prefix of their own",
            mayHaveBeenApplied: false
        )
    }
}

extension CircuitStore where Self == ValkeyStore {
    /// Circuits in Valkey or Redis.
    /// - Parameter url: where the server is, as ``ValkeyStore`` says; nil: the value of CIRCUITBREAKER_STORE.
    /// - Returns: the store.
    public static func valkey(_ url: String? = nil) -> ValkeyStore {
        ValkeyStore(url: url)
    }
}
