//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Logging
import Synchronization
import Testing

@testable import AWSClient

@Suite struct CredentialsScheduleTests {
    private func credentials(expiresIn seconds: Int64?) -> Credentials {
        Credentials(accessKeyID: "A\(seconds ?? 0)", secretAccessKey: "s", expiration: seconds.map { testTime + $0 * 1_000 })
    }

    private func schedule(with credentials: Credentials, fetchedAt time: Int64 = testTime) -> CredentialsSchedule {
        var schedule = CredentialsSchedule()
        #expect(schedule.request(now: time) == .fetchAndWait)
        #expect(schedule.request(now: time) == .wait)
        schedule.fetched(.success(credentials), now: time)
        return schedule
    }

    @Test func withoutExpiryIsFetchedOnce() {
        let credentials = credentials(expiresIn: nil)
        var schedule = schedule(with: credentials)
        #expect(schedule.request(now: testTime + 1_000_000_000_000) == .use(credentials))
    }

    @Test func isFetchedAheadOfItsExpiryAndNotUsedCloseToIt() {
        let credentials = credentials(expiresIn: 3_600)
        var schedule = schedule(with: credentials)
        #expect(schedule.request(now: testTime + 3_299_000) == .use(credentials))
        #expect(schedule.request(now: testTime + 3_300_000) == .useAndFetch(credentials))
        #expect(schedule.request(now: testTime + 3_300_000) == .use(credentials))
        #expect(schedule.request(now: testTime + 3_590_000) == .wait)
        schedule.fetched(.success(self.credentials(expiresIn: 7_200)), now: testTime + 3_590_000)
        #expect(schedule.request(now: testTime + 3_590_000) == .use(self.credentials(expiresIn: 7_200)))
    }

    @Test func aFailedFetchAheadKeepsTheOldOnesAndWaitsABit() {
        let credentials = credentials(expiresIn: 3_600)
        var schedule = schedule(with: credentials)
        #expect(schedule.request(now: testTime + 3_300_000) == .useAndFetch(credentials))
        schedule.fetched(.failure(AWSError(.credentials, "no")), now: testTime + 3_300_000)
        #expect(schedule.request(now: testTime + 3_309_000) == .use(credentials))
        #expect(schedule.request(now: testTime + 3_310_000) == .useAndFetch(credentials))
        schedule.fetched(.failure(AWSError(.credentials, "no")), now: testTime + 3_589_000)
        #expect(schedule.request(now: testTime + 3_590_000) == .fail(AWSError(.credentials, "no")))
    }

    @Test func aFailureIsRememberedBriefly() {
        var schedule = CredentialsSchedule()
        #expect(schedule.request(now: testTime) == .fetchAndWait)
        schedule.fetched(.failure(AWSError(.credentials, "dead")), now: testTime)
        #expect(schedule.request(now: testTime + 9_999) == .fail(AWSError(.credentials, "dead")))
        #expect(schedule.request(now: testTime + 10_000) == .fetchAndWait)
    }

    @Test func aFailureIsForgottenWhenTheClockIsSetBack() {
        var schedule = CredentialsSchedule()
        _ = schedule.request(now: testTime)
        schedule.fetched(.failure(AWSError(.credentials, "dead")), now: testTime)
        #expect(schedule.request(now: testTime - 3_600_000) == .fetchAndWait)
    }

    @Test func shortLivedOnesAreNotFetchedOnEachCall() {
        let credentials = credentials(expiresIn: 60)
        var schedule = schedule(with: credentials)
        #expect(schedule.request(now: testTime + 9_999) == .use(credentials))
        #expect(schedule.request(now: testTime + 10_000) == .useAndFetch(credentials))
    }

    @Test func thoseThatLookExpiredAreTriedForTheServiceKnowsTheTimeBetter() {
        let credentials = credentials(expiresIn: -60)
        var schedule = schedule(with: credentials)
        #expect(schedule.request(now: testTime + 9_999) == .use(credentials))
        #expect(schedule.request(now: testTime + 10_000) == .fetchAndWait)
    }

    @Test func discardingForgetsOnlyThoseThatWereRefused() {
        let credentials = credentials(expiresIn: 3_600)
        var schedule = schedule(with: credentials)
        schedule.discard(self.credentials(expiresIn: 1))
        #expect(schedule.request(now: testTime) == .use(credentials))
        schedule.discard(credentials)
        #expect(schedule.request(now: testTime) == .fetchAndWait)
    }
}

@Suite struct CredentialsCacheTests {
    private func cache(_ source: any CredentialsSource) -> CredentialsCache {
        CredentialsCache(source: source, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    @Test func manyCallersFetchOnce() async throws {
        let gate = Gate()
        let source = CountingSource { _ in
            await gate.wait()
            return testCredentials
        }
        let cache = cache(source)
        try await withThrowingTaskGroup(of: Credentials.self) { group in
            for _ in 0..<100 { group.addTask { try await cache.credentials(now: testTime) } }
            while source.loads == 0 { await Task.yield() }
            gate.open()
            for try await credentials in group { #expect(credentials == testCredentials) }
        }
        #expect(source.loads == 1)
    }

    @Test func isFetchedAgainBesideTheCallsBeforeItExpires() async throws {
        let source = CountingSource { number in
            Credentials(accessKeyID: "A\(number)", secretAccessKey: "s", expiration: testTime + Int64(number + 1) * 3_600_000)
        }
        let cache = cache(source)
        #expect(try await cache.credentials(now: testTime).accessKeyID == "A0")
        #expect(try await cache.credentials(now: testTime + 3_400_000).accessKeyID == "A0")
        while try await cache.credentials(now: testTime + 3_400_000).accessKeyID == "A0" { await Task.yield() }
        #expect(try await cache.credentials(now: testTime + 3_400_000).accessKeyID == "A1")
        #expect(source.loads == 2)
    }

    @Test func aDeadSourceIsNotAskedOnEachCall() async throws {
        let source = CountingSource { _ throws(AWSError) in throw AWSError(.credentials, "dead") }
        let cache = cache(source)
        for _ in 0..<5 {
            let error = try await failure { try await cache.credentials(now: testTime) }
            #expect(error.message == "dead")
        }
        #expect(source.loads == 1)
        _ = try await failure { try await cache.credentials(now: testTime + 10_000) }
        #expect(source.loads == 2)
    }

    @Test func aSourceThatHasNoneIsAnError() async throws {
        let cache = cache(CountingSource { _ in nil })
        let error = try await failure { try await cache.credentials(now: testTime) }
        #expect(error.code == .credentials)
    }

    @Test func aCancelledCallerLeavesAtOnceAndTheOthersStay() async throws {
        let gate = Gate()
        let source = CountingSource { _ in
            await gate.wait()
            return testCredentials
        }
        let cache = cache(source)
        let stays = Task { try await cache.credentials(now: testTime) }
        while source.loads == 0 { await Task.yield() }
        let leaves = Task { try await cache.credentials(now: testTime) }
        leaves.cancel()
        let error = await #expect(throws: AWSError.self) { try await leaves.value }
        #expect(error?.code == .cancelled)
        gate.open()
        #expect(try await stays.value == testCredentials)
    }
}

/// Holds tasks until it is opened.
private final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    func wait() async {
        await withCheckedContinuation { waiter in
            let isOpen = self.state.withLock { state in
                if !state.isOpen { state.waiters.append(waiter) }
                return state.isOpen
            }
            if isOpen { waiter.resume() }
        }
    }

    func open() {
        let waiters = self.state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
