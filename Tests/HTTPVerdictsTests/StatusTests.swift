//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import HTTPVerdicts
import Testing

@Suite struct StatusTests {
    // 1994-11-06T08:48:07Z.
    private let now = Timestamp(milliseconds: 784_111_687_000)

    private func verdict(_ status: Int, retryAfter: String? = nil) -> CircuitBreaker.Verdict {
        .of(status: status, retryAfter: retryAfter, at: now)
    }

    @Test(arguments: [200, 204, 206, 299, 301, 304, 399, 400, 401, 404, 408, 418, 428, 430, 451, 499])
    func successes(status: Int) {
        #expect(verdict(status, retryAfter: "5") == .success)
    }

    @Test(arguments: [0, 99, 100, 101, 199, 429, 500, 502, 503, 504, 506, 507, 599, 600, 999, -1, .max, .min])
    func failures(status: Int) {
        #expect(verdict(status) == .failure())
    }

    @Test(arguments: [501, 505]) func answersAboutTheRequestSayNothing(status: Int) {
        #expect(verdict(status, retryAfter: "5") == .ignored)
    }

    @Test(arguments: [429, 503]) func retryAfterIsTaken(status: Int) {
        #expect(verdict(status, retryAfter: "5") == .failure(retryAfter: .seconds(5)))
        #expect(verdict(status, retryAfter: "Sun, 06 Nov 1994 08:49:37 GMT") == .failure(retryAfter: .seconds(90)))
        #expect(verdict(status, retryAfter: "soon") == .failure())
    }

    @Test(arguments: [500, 502, 504]) func retryAfterOfOthersIsNot(status: Int) {
        #expect(verdict(status, retryAfter: "5") == .failure())
    }
}
