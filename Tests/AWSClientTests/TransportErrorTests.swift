//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Testing

@testable import AWSClient

@Suite struct TransportErrorTests {
    private struct SomeTLSError: Error {}

    /// What TLS says of a connection that ended is its own error, so it is the sending that decides.
    @Test func anyErrorAfterTheSendingIsALoss() {
        #expect(AWSError(transport: SomeTLSError(), sent: true).code == .connectionLost)
        #expect(AWSError(transport: SomeTLSError(), sent: false).code == .unreachable)
    }
}
