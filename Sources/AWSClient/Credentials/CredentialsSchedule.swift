//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Decides when credentials are fetched.
///
/// Times are milliseconds since 1970.
///
/// - Nothing usable: the first request fetches, the others wait for it.
/// - Within 5 minutes of the expiry: used, and fetched again beside it.
/// - Within 10 s of the expiry: not used any more.
/// - After a fetch, failed or not, none for 10 s; a failure is the answer meanwhile if there is nothing usable.
struct CredentialsSchedule: Sendable {
    enum Request: Sendable, Equatable {
        case use(Credentials)
        case useAndFetch(Credentials)
        case fetchAndWait
        case wait
        case fail(AWSError)
    }

    static let fetchAhead: Int64 = 300_000
    static let expiryMargin: Int64 = 10_000
    static let fetchInterval: Int64 = 10_000

    private(set) var isFetching = false
    private var current: Credentials?
    private var failure: AWSError?
    private var lastFetch: Int64?

    mutating func request(now: Int64) -> Request {
        // Both ways, for a clock that was set back must not keep a failure for hours.
        let isRecent = lastFetch.map { abs(now - $0) < Self.fetchInterval } ?? false
        if let current, isUsable(current, now: now) || isRecent && self.failure == nil {
            guard let expiration = current.expiration, now >= expiration - Self.fetchAhead, !isFetching, !isRecent else {
                return .use(current)
            }
            isFetching = true
            return .useAndFetch(current)
        }
        if isFetching { return .wait }
        if isRecent, let failure { return .fail(failure) }
        isFetching = true
        return .fetchAndWait
    }

    mutating func fetched(_ result: Result<Credentials, AWSError>, now: Int64) {
        isFetching = false
        lastFetch = now
        switch result {
        case .success(let credentials):
            current = credentials
            failure = nil
        case .failure(let error):
            failure = error
        }
    }

    /// Forgets credentials that the service refused, unless newer ones are there already.
    mutating func discard(_ credentials: Credentials) {
        guard current == credentials else { return }
        current = nil
        lastFetch = nil
    }

    private func isUsable(_ credentials: Credentials, now: Int64) -> Bool {
        guard let expiration = credentials.expiration else { return true }
        return now < expiration - Self.expiryMargin
    }
}
