//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker
import Testing

package func uniqueID(_ name: String = #function) -> String {
    "\(name.prefix { $0.isLetter }):\(EnvironmentID.random().rawValue)"
}

package let now = WallClock().now

package func writer(_ nonce: UInt64 = 1) -> WriterToken {
    WriterToken(environment: EnvironmentID(rawValue: "abcdefghijkl"), nonce: nonce)
}

package func transition(
    to state: CircuitState,
    from epoch: Epoch,
    at time: Timestamp = now,
    nextAttempt: Timestamp = now,
    takes: Int? = nil,
    reason: ChangeReason = .nextAttemptDue
) -> CircuitChange {
    let transition = CircuitChange.Transition(
        to: state,
        epoch: epoch.next(at: time),
        now: time,
        nextAttempt: nextAttempt,
        consecutiveOpens: 0,
        failureCount: 3,
        writer: writer(),
        reason: reason,
        takes: takes,
        leaseEnd: takes.map { _ in time.adding(5000) }
    )
    return CircuitChange(.transition(transition), if: .init(epoch: epoch), expiresAt: time.adding(86_400_000))
}

package func failures(_ count: Int, epoch: Epoch = .zero, at time: Timestamp = now, keepFrom: Timestamp = .zero) -> CircuitReport {
    CircuitReport(
        epoch: epoch,
        buckets: [CircuitWindow.Bucket(start: time, tally: CircuitWindow.Tally(failures: count))],
        streak: .add(count),
        lastFailure: time,
        keepFrom: keepFrom,
        expiresAt: time.adding(86_400_000)
    )
}

extension ReportResult {
    package var accepted: CircuitRecord? { if case .accepted(let record) = self { record } else { nil } }
}

extension ChangeResult {
    package var won: CircuitRecord? { if case .won(let record) = self { record } else { nil } }
}

package func storeError(_ body: () async throws(StoreError) -> some Any) async -> StoreError {
    do throws(StoreError) {
        _ = try await body()
    } catch {
        return error
    }
    Issue.record("no error")
    return StoreError(.unavailable, "no error")
}
