//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import Testing
import ValkeySupport

@testable import CircuitBreakerValkey

extension Trait where Self == ConditionTrait {
    static var needsServer: Self { .enabled("needs valkey-server or redis-server: scripts/get-valkey") { ValkeyServer.isHere } }
}

extension Limits {
    // Machines that test may be slow.
    static let generous = {
        var limits = Limits()
        (limits.connect, limits.answer) = (.seconds(30), .seconds(60))
        return limits
    }()
}

extension ValkeyServer {
    func store(_ rest: String = "", limits: Limits = .generous) -> ValkeyStore {
        ValkeyStore(url: url + rest, limits: limits)
    }

    // As any client would.
    @discardableResult
    func command(_ words: String...) async throws -> Reply {
        let store = store()
        let reply = try await store.connection.get().link.answer(to: Command(words))
        await store.shutdown()
        if case .error(let text) = reply { throw Failure(text) }
        return reply
    }
}
