//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import FleetOrders
import Foundation

// One environment: takes orders as lines, and answers each with a line.
@main
enum FleetWorker {
    static func main() async throws {
        endWithParent()
        let setup = try JSONDecoder().decode(WorkerSetup.self, from: Data(CommandLine.arguments[1].utf8))
        let log = Record()
        let environment = try Environment(setup, log)
        for await line in lines() {
            let order = try JSONDecoder().decode(WorkerOrder.self, from: Data(line.utf8))
            await environment.carryOut(order)
            let reply = try JSONEncoder().encode(environment.takeReply())
            FileHandle.standardOutput.write(reply + Data("\n".utf8))
        }
    }

    private static func lines() -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        let thread = Thread {
            while let line = readLine() { continuation.yield(line) }
            continuation.finish()
        }
        thread.start()
        return stream
    }

    // The other end of its input may have been inherited by its siblings.
    private static func endWithParent() {
        let parent = getppid()
        Thread.detachNewThread {
            while getppid() == parent { Thread.sleep(forTimeInterval: 0.2) }
            exit(1)
        }
    }
}
