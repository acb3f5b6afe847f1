//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Testing

@testable import AWSClient

@Suite struct RetryPlanTests {
    private let lost = AWSError(.connectionLost, "lost")

    @Test func aLossIsResentOnlyFromAPooledConnection() {
        var plan = RetryPlan(isResendable: true)
        #expect(plan.step(after: lost, on: .fresh, mayHaveBeenApplied: true) == .giveUp)
        #expect(plan.step(after: lost, on: .pooled, mayHaveBeenApplied: true) == .resend)
    }

    @Test func whatMayNotBeSentTwiceIsResentWhenItWasNeverSent() {
        var plan = RetryPlan(isResendable: false)
        #expect(plan.step(after: lost, on: .pooled, mayHaveBeenApplied: true) == .giveUp)
        #expect(plan.step(after: lost, on: .pooled, mayHaveBeenApplied: false) == .resend)
    }

    @Test(arguments: [AWSError.Code.unreachable, .badAnswer, .cancelled, .shutDown, .timeLimit, .credentials, .configuration])
    func nothingElseIsTriedAgain(code: AWSError.Code) {
        var plan = RetryPlan(isResendable: true)
        #expect(plan.step(after: AWSError(code, "x"), on: .pooled, mayHaveBeenApplied: false) == .giveUp)
    }
}
