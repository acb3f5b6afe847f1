//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Logging
import Synchronization

/// Keeps the credentials of a source.
///
/// However many ask, the source is asked once.
final class CredentialsCache: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Credentials, AWSError>?, Never>

    private struct State: Sendable {
        var schedule = CredentialsSchedule()
        var waiters: [UInt64: Waiter] = [:]
        var lastWaiter: UInt64 = 0
        var fetch: Task<Void, Never>?
    }

    private let source: any CredentialsSource
    private let logger: Logger
    private let state = Mutex(State())

    init(source: any CredentialsSource, logger: Logger) {
        self.source = source
        self.logger = logger
    }

    /// The credentials to sign with.
    ///
    /// - Parameter now: The time, in milliseconds since 1970.
    /// - Returns: Credentials that have not expired, as far as anyone knows.
    /// - Throws: ``AWSError`` with code `credentials`, `configuration` or, when the task is cancelled, `cancelled`.
    func credentials(now: Int64) async throws(AWSError) -> Credentials {
        while true {
            switch state.withLock({ $0.schedule.request(now: now) }) {
            case .use(let credentials): return credentials
            case .useAndFetch(let credentials):
                fetch(now: now)
                return credentials
            case .fail(let error): throw error
            case .fetchAndWait: fetch(now: now)
            case .wait: break
            }
            if let result = await wait() { return try result.get() }
        }
    }

    /// Forgets credentials that the service refused.
    func discard(_ credentials: Credentials) {
        state.withLock { $0.schedule.discard(credentials) }
    }

    func shutdown() {
        state.withLock { $0.fetch }?.cancel()
    }

    /// Not a child of the caller: when that is cancelled, others still wait for the credentials.
    private func fetch(now: Int64) {
        let task = Task {
            let result: Result<Credentials, AWSError>
            do throws(AWSError) {
                guard let credentials = try await source.load(now: now) else {
                    throw AWSError(.credentials, "the source of credentials has none")
                }
                result = .success(credentials)
                logger.debug("Fetched AWS credentials", metadata: ["expiration": "\(credentials.expiration ?? 0)"])
            } catch {
                result = .failure(Task.isCancelled ? .shutDown : error)
                logger.debug("Fetching AWS credentials failed", metadata: ["error": "\(error)"])
            }
            let waiters = self.state.withLock { state in
                state.schedule.fetched(result, now: now)
                state.fetch = nil
                defer { state.waiters = [:] }
                return state.waiters.values
            }
            for waiter in waiters { waiter.resume(returning: result) }
        }
        self.state.withLock { if $0.schedule.isFetching { $0.fetch = task } }
    }

    /// The result of the fetch that is under way; nil when it has ended meanwhile.
    private func wait() async -> Result<Credentials, AWSError>? {
        let id = self.state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let answer: Result<Credentials, AWSError>?? = self.state.withLock { state in
                    if Task.isCancelled { return .some(.failure(Self.cancellation)) }
                    guard state.schedule.isFetching else { return .some(nil) }
                    state.waiters[id] = waiter
                    return nil
                }
                if let answer { waiter.resume(returning: answer) }
            }
        } onCancel: {
            self.state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: .failure(Self.cancellation))
        }
    }

    private static let cancellation = AWSError(.cancelled, "cancelled while waiting for credentials")
}
