//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import LoopbackHTTP
import NIOCore
import NIOHTTP1

// The sidecar behind HTTP.
package enum SidecarServer {
    // No request needs a body; one that comes with it is read and left alone.
    private static let largestBody = 1 << 16

    package static func start(_ sidecar: Sidecar, port: Int) async throws -> LoopbackServer {
        try await LoopbackServer.start(.init(port: port, largestBody: largestBody)) { reason in
            .refusal(.forbidden, reason)
        } respond: { call in
            // On the connection's own thread, so that a request that needs no store changes threads nowhere.
            Task(executorPreference: LoopExecutor(call.channel.eventLoop)) {
                call.answer(await sidecar.answer(call.head.method, call.head.uri))
            }
        }
    }
}

private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
