//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker
import Synchronization
import Testing

@testable import CircuitStream

@Suite("How announcements get to the bus") struct DeliveryTests {
    // Two circuits; three changes of the first, one of the second.
    private func twoCircuits() throws -> StreamEvent {
        try event(
            write(ownItem(.closed, epoch: 1_000), ownItem(.open, epoch: 2_000), number: "1", circuit: "a"),
            write(ownItem(.closed, epoch: 1_000), ownItem(.open, epoch: 2_500), number: "2", circuit: "b"),
            write(ownItem(.open, epoch: 2_000), ownItem(.halfOpen, epoch: 3_000), number: "3", circuit: "a"),
            write(ownItem(.halfOpen, epoch: 3_000), ownItem(.closed, epoch: 4_000), number: "4", circuit: "a")
        )
    }

    private func failed(_ numbers: String...) -> JSON {
        ["batchItemFailures": .array(numbers.map { ["itemIdentifier": .string($0)] })]
    }

    private func handle(_ event: StreamEvent, _ bus: ScriptedBus) async -> JSON {
        await bus.handler.handle(event, remaining: { .seconds(30) }, logger: quiet)
    }

    @Test func aBatchHoldsOneOfEachCircuit() async throws {
        let bus = ScriptedBus()
        #expect(await handle(try twoCircuits(), bus) == failed())
        #expect(bus.batches.map { $0.map(\.sequenceNumber) } == [["1", "2"], ["3"], ["4"]])
    }

    @Test func anEntryThatFailsIsTriedAgainBeforeItsCircuitsNext() async throws {
        let bus = ScriptedBus { call, announcement in call < 2 && announcement.circuit == "a" }
        #expect(await handle(try twoCircuits(), bus) == failed())
        #expect(bus.batches.map { $0.map(\.sequenceNumber) } == [["1", "2"], ["1"], ["1"], ["3"], ["4"]])
    }

    @Test func whatDoesNotArriveIsHandedBackWithAllThatFollowsItInItsCircuit() async throws {
        let bus = ScriptedBus { _, announcement in announcement.sequenceNumber == "3" }
        #expect(await handle(try twoCircuits(), bus) == failed("3", "4"))
        #expect(bus.arrived.map(\.sequenceNumber) == ["1", "2"])
        #expect(bus.batches.count == 1 + DeliveryPlan.attempts)
    }

    @Test func oneCircuitsTroubleIsNotAnothers() async throws {
        let bus = ScriptedBus { _, announcement in announcement.circuit == "b" }
        #expect(await handle(try twoCircuits(), bus) == failed("2"))
        #expect(bus.arrived.map(\.sequenceNumber) == ["1", "3", "4"])
    }

    @Test func noTimeLeftHandsAllBack() async throws {
        let bus = ScriptedBus()
        let answer = await bus.handler.handle(try twoCircuits(), remaining: { .seconds(3) }, logger: quiet)
        #expect(answer == failed("1", "3", "4", "2") && bus.batches.isEmpty)
    }

    @Test func aDoubledBatchHasTheSameKeys() async throws {
        let bus = ScriptedBus()
        for _ in 1...2 { _ = await handle(try twoCircuits(), bus) }
        let keys = bus.arrived.map { "\($0.circuit) \($0.key)" }
        #expect(keys.count == 8 && keys.prefix(4) == keys.suffix(4) && Set(keys).count == 4)
    }

    @Test func noBatchIsLargerThanPutEventsTakes() async throws {
        let circuits = (0..<25).map { "c\($0)" }
        var plan = DeliveryPlan(try openings(circuits))
        var sizes: [Int] = []
        while case let batch = plan.next, !batch.isEmpty {
            sizes.append(batch.count)
            plan.settle(batch, arrived: batch.map { _ in true })
        }
        #expect(sizes == [10, 10, 5])
        #expect(plan.delivered == 25 && plan.undelivered.isEmpty)
        // DynamoDB's longest key.
        let long = try openings((0..<10).map { "\($0)" + String(repeating: "\u{1}", count: 2_000) })
        let batch = DeliveryPlan(long).next
        #expect(batch.map(\.size).reduce(0, +) <= DeliveryPlan.largestSize)
        #expect(!batch.isEmpty)
    }

    @Test(arguments: [
        "", "{}", #"{"Records":[{}]}"#, #"{"Records":[{"eventSourceARN":"a","dynamodb":{"SequenceNumber":"1","Keys":{"pk":{"S":"a"}}}}]}"#,
        #"{"Records":[{"eventSourceARN":"a","dynamodb":{"SequenceNumber":"1","Keys":{"id":{"S":"a"}}}}]}"#,
    ])
    func whatIsNoStreamsEventIsRefused(text: String) {
        #expect(throws: (any Error).self) { try StreamEvent(parsing: Array(text.utf8)) }
    }
}
