//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// How an answer came about: one kind for each way in which the breaker counts a call, so that the two counts can be compared, and one without a call.
package enum ServiceOutcome: String, Hashable, Sendable, CaseIterable {
    // The call's own answer.
    case success
    // The call failed.
    case failed
    // The call timed out.
    case timedOut
    // The circuit did not admit the call.
    case rejected
    // The dependency answered, so it is well, but its answer cannot be passed on.
    case unusable
    // The call says nothing of the dependency: it was cancelled, or could not even be sent.
    case unused
    // The request must not be passed on: there was no call.
    case refused
}
