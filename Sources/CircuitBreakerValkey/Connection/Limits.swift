//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore

// What a connection may take, hold and send.
struct Limits: Sendable {
    // To connect to one server and be let in.
    var connect = TimeAmount.seconds(1)
    // After the oldest command went out without an answer, the connection is given up.
    var answer = TimeAmount.seconds(2)
    // Commands under way, and commands that wait for a connection.
    var pending = 1024
    var replyBytes = 1 << 20
    // After the first failure to connect; doubled after each one that follows.
    var shortestPause = TimeAmount.milliseconds(50)
    var longestPause = TimeAmount.seconds(1)
}
