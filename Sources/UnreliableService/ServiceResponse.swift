//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// An answer, and how it came about.
package struct ServiceResponse: Hashable, Sendable {
    package var status: Int
    package var headers: HeaderList
    package var body: [UInt8]
    package var outcome: ServiceOutcome

    package init(status: Int = 200, headers: HeaderList = [:], body: [UInt8] = [], outcome: ServiceOutcome = .success) {
        self.status = status
        self.headers = headers
        self.body = body
        self.outcome = outcome
    }

    package init(message: StaticString, status: Int = 200, outcome: ServiceOutcome) {
        let body = Array(#"{"message":"\#(message)"}"#.utf8)
        self.init(status: status, headers: ["Content-Type": "application/json"], body: body, outcome: outcome)
    }
}
