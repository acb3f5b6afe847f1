//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Ends a command: one line for people, and the exit status.
struct CommandFailure: Error, CustomStringConvertible {
    static let failure: Int32 = 1
    static let usage: Int32 = 2

    var description: String
    var status: Int32

    init(_ description: String, status: Int32 = CommandFailure.failure) {
        self.description = description
        self.status = status
    }
}
