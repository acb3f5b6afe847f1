//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

@Suite("Lost replies")
struct LostReplyTests {
    // An open circuit that everybody sees, its next attempt due.
    private func due(_ count: Int) async throws -> Fleet {
        let fleet = try Fleet(count, .init(policy: .failures(3, within: .seconds(60)), recovery: .init(openTime: .seconds(10), probes: 1)))
        await fleet.trip()
        for breaker in fleet.breakers { #expect(await breaker.rejection() != nil) }
        fleet.clock.advance(by: .seconds(10))
        return fleet
    }

    private func permits(_ fleet: Fleet) async throws -> Int {
        var permits = 0
        for breaker in fleet.breakers {
            switch try await breaker.acquire() {
            case .permit(let permit):
                permits += 1
                await permit.cancel()
            case .rejected: break
            }
        }
        return permits
    }

    @Test("I3: fifty environments that each lose one reply as the next attempt falls due do not probe", arguments: [FaultyStore.Verb.read, .change])
    func oneEach(verb: FaultyStore.Verb) async throws {
        let fleet = try await due(50)
        fleet.store.inject(.loseReply, on: [verb])
        #expect(try await permits(fleet) == 0)
        #expect(fleet.breakers.allSatisfy { !$0.view.isStoreLost })
    }

    @Test("I3: fifty environments that lose the store as the next attempt falls due probe at times of their own")
    func lost() async throws {
        let fleet = try await due(50)
        fleet.store.inject(.loseRequest)
        var most = 0
        var all = 0
        for _ in 0..<300 {
            var now = 0
            for breaker in fleet.breakers where await breaker.fails() { now += 1 }
            most = max(most, now)
            all += now
            fleet.clock.advance(by: .milliseconds(100))
        }
        print("own probes in one tenth of a second: \(most) of 50 environments at most")
        #expect(most <= 10)
        #expect(all >= 50)
    }

    @Test("after one loss a circuit that is not CLOSED is asked for again, and recovers by the fleet's own probe")
    func recovers() async throws {
        let fleet = try await due(2)
        fleet.store.inject(.loseRequest)
        #expect(await fleet[0].rejection() != nil)
        fleet.store.heal()
        fleet.clock.advance(by: .seconds(1))
        // The call that tries the store does not wait for its answer.
        #expect(await fleet[0].rejection() != nil)
        #expect(await fleet[0].succeeds())
        #expect(try await fleet.record().successCount == 1)
    }
}
