//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Foundation
import NIOCore
import Testing
import ValkeySupport

@testable import CircuitBreakerValkey

extension Trait where Self == ConditionTrait {
    static var needsServer: Self { .enabled("needs valkey-server or redis-server: scripts/get-valkey") { ValkeyServer.isHere } }
}

extension Limits {
    // Machines that test may be slow.
    static let generous = {
        var limits = Limits()
        (limits.connect, limits.answer) = (.seconds(30), .seconds(60))
        return limits
    }()
}

extension ValkeyServer {
    func store(_ rest: String = "", limits: Limits = .generous) -> ValkeyStore {
        ValkeyStore(url: url + rest, limits: limits)
    }

    // As any client would.
    @discardableResult
    func command(_ words: String...) async throws -> Reply {
        let store = store()
        let reply = try await store.connection.get().link.answer(to: Command(words))
        await store.shutdown()
        if case .error(let text) = reply { throw Failure(text) }
        return reply
    }
}

func uniqueID(_ name: String = #function) -> String {
    "\(name.prefix { $0.isLetter }):\(EnvironmentID.random().rawValue)"
}

let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))

func writer(_ nonce: UInt64 = 1) -> WriterToken {
    WriterToken(environment: EnvironmentID(rawValue: "abcdefghijkl"), nonce: nonce)
}

func transition(
    to state: CircuitState,
    from epoch: Epoch,
    at time: Timestamp = now,
    nextAttempt: Timestamp = now,
    takes: Int? = nil,
    expiresAt: Timestamp? = now.adding(86_400_000)
) -> CircuitChange {
    let transition = CircuitChange.Transition(
        to: state,
        epoch: epoch.next(at: time),
        now: time,
        nextAttempt: nextAttempt,
        consecutiveOpens: 0,
        failureCount: 3,
        writer: writer(),
        reason: .nextAttemptDue,
        takes: takes,
        leaseEnd: takes.map { _ in time.adding(5000) }
    )
    return CircuitChange(.transition(transition), if: .init(epoch: epoch), expiresAt: expiresAt)
}

func failures(_ count: Int, epoch: Epoch = .zero, at time: Timestamp = now, expiresAt: Timestamp? = now.adding(86_400_000)) -> CircuitReport {
    CircuitReport(
        epoch: epoch,
        buckets: [CircuitWindow.Bucket(start: time, tally: CircuitWindow.Tally(failures: count))],
        streak: .add(count),
        lastFailure: time,
        expiresAt: expiresAt
    )
}

extension ReportResult {
    var accepted: CircuitRecord? { if case .accepted(let record) = self { record } else { nil } }
}

extension ChangeResult {
    var won: CircuitRecord? { if case .won(let record) = self { record } else { nil } }
}

func storeError(_ body: () async throws(StoreError) -> some Any) async -> StoreError {
    do throws(StoreError) {
        _ = try await body()
    } catch {
        return error
    }
    Issue.record("no error")
    return StoreError(.unavailable, "no error")
}
