//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import Synchronization
import Testing

@testable import AWSClient

/// 2026-11-24 06:31:00 UTC.
let testTime: Int64 = 1_795_501_860_000

let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
let token = "FwoGZXIvYXdzSESSIONTOKEN"
let testCredentials = Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: secret, sessionToken: token)

/// A clock that stands still until it is told otherwise.
final class TestClock: Sendable {
    private let time: Mutex<Int64>

    init(_ time: Int64 = testTime) {
        self.time = Mutex(time)
    }

    var now: Int64 { time.withLock { $0 } }

    func advance(seconds: Int64) {
        time.withLock { $0 += seconds * 1_000 }
    }
}

/// Gives what a function says, and counts.
final class CountingSource: CredentialsSource {
    private let count = Mutex(0)
    private let answer: @Sendable (Int) async throws(AWSError) -> Credentials?

    init(_ answer: @escaping @Sendable (Int) async throws(AWSError) -> Credentials?) {
        self.answer = answer
    }

    var loads: Int { count.withLock { $0 } }

    func load(now: Int64) async throws(AWSError) -> Credentials? {
        let number = self.count.withLock { count in
            defer { count += 1 }
            return count
        }
        return try await answer(number)
    }
}

/// Runs a test with a client of a server, and shuts it down.
func withClient(
    of server: RawServer,
    clock: TestClock = TestClock(),
    credentials: any CredentialsSource = FixedCredentials(testCredentials),
    maximumConnections: Int = 8,
    maximumWaitingCalls: Int = 256,
    connectTimeout: Duration = .seconds(30),
    maximumAnswerBytes: Int = 2 << 20,
    _ body: (AWSJSONClient) async throws -> Void
) async throws {
    var configuration = try AWSClientConfiguration(service: "dynamodb", region: "eu-west-1", endpoint: server.url)
    configuration.maximumConnections = maximumConnections
    configuration.maximumWaitingCalls = maximumWaitingCalls
    // Machines that test may be slow.
    configuration.timeLimit = .seconds(30)
    configuration.connectTimeout = connectTimeout
    configuration.maximumAnswerBytes = maximumAnswerBytes
    let client = AWSJSONClient(configuration, credentials: credentials, now: { clock.now })
    do {
        try await body(client)
    } catch {
        await client.shutdown()
        throw error
    }
    await client.shutdown()
    server.stop()
}

/// The error that a call ends with.
func failure(_ body: () async throws -> some Any) async throws -> AWSError {
    do {
        _ = try await body()
    } catch let error as AWSError {
        return error
    }
    throw TestFailure("the call did not fail")
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A folder that goes away with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "aws-client-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
        return "\(path)/\(name)"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Random numbers that are the same in each run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
