//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitBreakerTesting
import Testing

@Suite("Verdicts")
struct VerdictTests {
    private static let rejection = Rejection(reason: .probing, state: .halfOpen, retryAfter: .seconds(1))

    @Test("a CancellationError of an operation whose caller was not cancelled is a failure: its own time limit, say")
    func ownTimeLimit() async throws {
        let fleet = try Fleet()
        for _ in 0..<3 { #expect(await fleet[0].fails(CancellationError())) }
        #expect(try await fleet.record().state == .open)
    }

    @Test("a CancellationError of an operation whose caller was cancelled says nothing")
    func cancelledCaller() async throws {
        let fleet = try Fleet()
        for _ in 0..<3 {
            let gate = Gate()
            let task = Task {
                await fleet[0].result { () async throws in
                    await gate.pass()
                    throw CancellationError()
                }
            }
            await gate.untilHolding()
            task.cancel()
            gate.open()
            _ = await task.value
        }
        #expect(try await fleet.record().state == .closed)
        #expect(fleet[0].counts.failed == 0)
    }

    @Test(
        "another circuit's rejection says nothing about this one's dependency, however it is thrown",
        arguments: [rejection, CircuitBreakerError.rejected(rejection), CallFailure<Broken>.rejected(rejection)] as [any Error]
    )
    func innerRejection(error: any Error) async throws {
        let fleet = try Fleet()
        for _ in 0..<5 { #expect(await fleet[0].fails(error)) }
        #expect(try await fleet.record().state == .closed)
    }

    @Test("another circuit's time limit is a failure")
    func innerTimeLimit() async throws {
        let fleet = try Fleet()
        for _ in 0..<3 { await fleet[0].fails(CircuitBreakerError.timedOut(after: .seconds(1))) }
        #expect(try await fleet.record().state == .open)
    }

    @Test("errors are judged by their own type, whatever was judged before them")
    func oneAfterAnother() {
        let busy = Busy(retryAfter: .seconds(7))
        for _ in 0..<2 {
            #expect(CircuitBreaker.Verdict.standard(Broken()) == .failure())
            #expect(CircuitBreaker.Verdict.standard(busy) == .failure(retryAfter: .seconds(7)))
            #expect(CircuitBreaker.Verdict.standard(Self.rejection) == .ignored)
            #expect(CircuitBreaker.Verdict.standard(CircuitBreakerError.rejected(Self.rejection)) == .ignored)
            #expect(CircuitBreaker.Verdict.standard(CallFailure<Broken>.failed(Broken())) == .failure())
            #expect(CircuitBreaker.Verdict.standard(CallFailure<Broken>.rejected(Self.rejection)) == .ignored)
            #expect(CircuitBreaker.Verdict.standard(CallFailure<Busy>.failed(busy)) == .failure(retryAfter: .seconds(7)))
        }
    }
}
