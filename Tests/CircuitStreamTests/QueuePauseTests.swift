//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Logging
import NIOHTTP1
import Synchronization
import Testing

@testable import AWSClient
@testable import CircuitBreakerDynamoDB
@testable import CircuitStream

private let start: Int64 = 1_800_000_000_000
private let minute: Int64 = 60_000

private func queue(concurrency: Int? = 20, after: Int64 = minute) -> QueuePause {
    QueuePause(mapping: "0f", circuit: "payments", after: after, longest: 60 * minute, concurrency: concurrency)
}

private func record(_ item: [String: JSON]) throws -> CircuitRecord {
    try CircuitRecord(Item(attributes: item))
}

// OPEN since `start`, and since `trouble` not CLOSED.
private func open(next: Int64, opens: Int = 0, trouble: Int64? = nil) throws -> CircuitRecord {
    var record = try record(ownItem(.open, epoch: start))
    record.nextAttempt = Timestamp(milliseconds: next)
    record.shared.nextAttempt = record.nextAttempt
    record.consecutiveOpens = opens
    record.evidence.troubleSince = trouble.map { Timestamp(milliseconds: $0) }
    return record
}

private let on = Mapping(state: "Enabled", concurrency: 20)
private let few = Mapping(state: "Enabled", concurrency: 2)
private let off = Mapping(state: "Disabled", concurrency: 3)
private let turnedOn = Mapping(state: "Enabled", concurrency: 3)

@Suite("What is done about a queue's mapping") struct QueuePauseTests {
    private func expect(
        _ record: CircuitRecord?,
        after milliseconds: Int64,
        _ expected: [(Mapping, PauseAction)],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (mapping, action) in expected {
            let now = Timestamp(milliseconds: start + milliseconds)
            #expect(queue().action(mapping, record, at: now) == action, "\(mapping)", sourceLocation: sourceLocation)
        }
    }

    @Test func whileTheCircuitIsClosedItIsAsTheStackHasIt() throws {
        for closed in [nil, try record(ownItem(.closed, epoch: start)), try record(v1Item("CLOSED"))] {
            expect(closed, after: 5 * minute, [(on, .leave(.normal)), (few, .restore), (off, .restore), (turnedOn, .restore)])
        }
    }

    @Test func anOpenCircuitPausesItOnceItHasBeenOpenForLong() throws {
        let circuit = try open(next: start + 10 * minute)
        expect(circuit, after: minute - 1, [(on, .leave(.normal)), (few, .leave(.few)), (off, .leave(.paused))])
        expect(circuit, after: minute, [(on, .pause), (few, .pause), (off, .leave(.paused))])
    }

    @Test func eachFailedProbePausesItAgainAtOnceInALongOutage() throws {
        let circuit = try open(next: start + minute, opens: 3, trouble: start - 3 * minute)
        expect(circuit, after: 1_000, [(on, .pause), (few, .pause)])
        // How long another outage was says nothing.
        expect(try open(next: start + minute, trouble: start - 3 * minute), after: 1_000, [(on, .leave(.normal))])
    }

    @Test func atTheNextAttemptItAdmitsFew() throws {
        let circuit = try open(next: start + 2 * minute)
        expect(circuit, after: 2 * minute, [(off, .admitFew), (few, .leave(.few)), (on, .leave(.normal))])
        expect(try record(ownItem(.halfOpen, epoch: start)), after: 0, [(off, .admitFew), (few, .leave(.few)), (on, .leave(.normal))])
        expect(try record(v1Item("HALF")), after: 0, [(off, .admitFew)])
    }

    @Test func aTimeThatMakesNoSenseKeepsNoQueueWaiting() throws {
        for next in [Int64.max, start + 1_000_000 * minute] {
            expect(try open(next: next), after: 59 * minute, [(on, .pause), (off, .leave(.paused))])
            expect(try open(next: next), after: 60 * minute, [(off, .admitFew), (few, .leave(.few))])
        }
        // Opened in the future, by a clock that was wrong.
        var circuit = try open(next: .max)
        circuit.since = Timestamp(milliseconds: .max)
        expect(circuit, after: 0, [(on, .leave(.normal))])
    }

    @Test func othersOpeningsCountByTheirOwnTimes() throws {
        var item = v1Item("OPEN", next: start + 5 * minute)
        item["stateTimestamp"] = .count(start)
        expect(try record(item), after: minute - 1, [(on, .leave(.normal))])
        expect(try record(item), after: minute, [(on, .pause)])
        expect(try record(item), after: 5 * minute, [(off, .admitFew)])
        // They opened what this library had closed.
        item.merge(ownItem(.closed, epoch: start - minute)) { old, _ in old }
        expect(try record(item), after: minute, [(on, .pause)])
    }

    @Test func ordersDecideWhileTheyAreInForce() throws {
        let until = Timestamp(milliseconds: start + 30 * minute)
        func ordered(_ kind: CircuitOrder.Kind, _ state: CircuitState) throws -> CircuitRecord {
            try record(ownItem(state, epoch: start, order: CircuitOrder(kind, until: until), orderEpoch: start + minute))
        }
        expect(try ordered(.forceOpen, .closed), after: 2 * minute - 1, [(on, .leave(.normal))])
        expect(try ordered(.forceOpen, .closed), after: 2 * minute, [(on, .pause), (few, .pause), (off, .leave(.paused))])
        expect(try ordered(.forceOpen, .closed), after: 30 * minute, [(off, .restore)])
        for kind in [CircuitOrder.Kind.forceClosed, .disabled, .observe] {
            expect(try ordered(kind, .open), after: 2 * minute, [(on, .leave(.normal)), (off, .restore), (few, .restore)])
        }
    }

    @Test func whatSomebodyElseChangedIsLeftAlone() throws {
        let circuits = [nil, try open(next: start + 10 * minute), try open(next: start)]
        let foreign = [
            Mapping(state: "Disabled", concurrency: 20), Mapping(state: "Disabled"), Mapping(state: "Disabled", concurrency: 2),
            Mapping(state: "Enabled", concurrency: 50), Mapping(state: "Enabled"), Mapping(state: "Deleting", concurrency: 20),
            Mapping(state: "Enabled", concurrency: 20, isProvisioned: true),
        ]
        for (circuit, mapping) in circuits.flatMap({ circuit in foreign.map { (circuit, $0) } }) {
            guard case .keepOff(let why) = queue().action(mapping, circuit, at: Timestamp(milliseconds: start + 2 * minute)) else {
                Issue.record("\(mapping) is changed")
                continue
            }
            #expect(!why.isEmpty)
        }
        // One that was turned on in a pause stays on, and is put back when all is well.
        guard case .keepOff = queue().action(turnedOn, circuits[1], at: Timestamp(milliseconds: start + 2 * minute)) else {
            Issue.record("it is paused again")
            return
        }
    }

    @Test(arguments: ["Creating", "Enabling", "Disabling", "Updating", "", "Something new"])
    func oneThatIsChangingIsWaitedFor(state: String) throws {
        let mapping = Mapping(state: state, concurrency: 20)
        expect(nil, after: 0, [(mapping, .wait)])
        expect(try open(next: start + 10 * minute), after: 2 * minute, [(mapping, .wait)])
    }

    // Its own bound may be one of those that this function uses.
    @Test(arguments: [nil, 2, 3, 4, 5, 1000] as [Int?])
    func everyBoundIsTakenBack(bound: Int?) throws {
        let queue = queue(concurrency: bound)
        var mapping = Mapping(state: "Enabled", concurrency: bound)
        let normal = mapping
        func apply(_ record: CircuitRecord?, _ milliseconds: Int64) -> PauseAction {
            let action = queue.action(mapping, record, at: Timestamp(milliseconds: start + milliseconds))
            switch action {
            case .pause: mapping = Mapping(state: "Disabled", concurrency: queue.mark)
            case .admitFew: mapping = Mapping(state: "Enabled", concurrency: QueuePause.least)
            case .restore: mapping = normal
            case .leave, .wait, .keepOff: break
            }
            return action
        }
        let circuit = try open(next: start + 2 * minute)
        #expect(apply(circuit, minute) == .pause && apply(circuit, minute) == .leave(.paused))
        #expect(apply(circuit, 2 * minute) == .admitFew)
        // What has its bound again is as it was.
        #expect(apply(circuit, 2 * minute) == .leave(bound == 2 ? .normal : .few))
        _ = apply(nil, 3 * minute)
        #expect(mapping == normal)
    }

    @Test func withoutARecordThatCanBeReadNothingStaysOffForEver() {
        let now = Timestamp(milliseconds: start + 60 * minute)
        func paused(_ milliseconds: Int64?) -> Mapping {
            Mapping(state: "Disabled", concurrency: 3, changed: milliseconds.map { Timestamp(milliseconds: start + $0) })
        }
        #expect(queue().actionWithoutRecord(paused(1), at: now) == .leave(.paused))
        #expect(queue().actionWithoutRecord(paused(0), at: now) == .admitFew)
        #expect(queue().actionWithoutRecord(paused(nil), at: now) == .admitFew)
        #expect(queue().actionWithoutRecord(on, at: now) == .leave(.normal))
        #expect(queue().actionWithoutRecord(few, at: now) == .leave(.few))
    }
}

// A mapping and a circuit that a test moves, and a function that is killed where it says.
private final class Scene: Sendable {
    struct State {
        var mapping = on
        var record: Result<CircuitRecord?, StoreError> = .success(nil)
        var now = start
        var calls = 0
        var refusal: String?
        // The number of the call at which the function is killed, and whether the call is carried out before.
        var kill: (call: Int, isDone: Bool)?
    }

    struct Killed: Error {}

    let state = Mutex(State())

    func invoke() async throws -> JSON {
        let handler = PauseHandler(
            read: { _ async throws(StoreError) in try self.step { $0.record } },
            describe: { _ async throws(AWSError) in
                try self.step { (state) -> Result<Mapping, AWSError> in .success(state.mapping) }
            },
            set: { _, isEnabled, concurrency async throws(AWSError) in
                try self.step { (state) -> Result<Void, AWSError> in
                    if let code = state.refusal { return .failure(AWSError.refused(code)) }
                    state.mapping = Mapping(
                        state: isEnabled ? "Enabled" : "Disabled",
                        concurrency: concurrency,
                        changed: Timestamp(milliseconds: state.now)
                    )
                    return .success(())
                }
            }
        )
        return try await handler.handle(queue(), clock: { Timestamp(milliseconds: self.state.withLock { $0.now }) }, logger: quiet)
    }

    private func step<Value: Sendable, Failure: KillableError>(_ body: (inout State) -> Result<Value, Failure>) throws(Failure) -> Value {
        let result = state.withLock { state -> Result<Value, Failure> in
            state.calls += 1
            guard let kill = state.kill, kill.call == state.calls else { return body(&state) }
            if kill.isDone { _ = body(&state) }
            return .failure(.killed)
        }
        return try result.get()
    }
}

private protocol KillableError: Error {
    static var killed: Self { get }
}

extension AWSError: KillableError {
    static var killed: AWSError { refused("killed") }

    fileprivate static func refused(_ code: String) -> AWSError {
        let answer = HTTPAnswer(status: 400, headers: ["x-amzn-errortype": code], body: [])
        return AWSError(.service, code, answer: ServiceAnswer(answer, hiding: []))
    }
}

extension StoreError: KillableError {
    static var killed: StoreError { StoreError(.unavailable, "killed") }
}

@Suite("A queue that waits for its circuit") struct PauseHandlerTests {
    private func set(_ scene: Scene, _ record: CircuitRecord?, at milliseconds: Int64) {
        scene.state.withLock {
            $0.record = .success(record)
            $0.now = start + milliseconds
        }
    }

    private func mapping(_ scene: Scene) -> [String] {
        scene.state.withLock { [$0.mapping.state, $0.mapping.concurrency.map { "\($0)" } ?? "none"] }
    }

    @Test func anOutage() async throws {
        let scene = Scene()
        let first = try open(next: start + 2 * minute)
        set(scene, first, at: 1_000)
        #expect(try await scene.invoke() == ["action": "stays on"])
        set(scene, first, at: minute)
        #expect(try await scene.invoke() == ["action": "is paused"])
        #expect(mapping(scene) == ["Disabled", "3"])
        set(scene, first, at: 2 * minute)
        #expect(try await scene.invoke() == ["action": "is on with the least concurrency"])
        #expect(mapping(scene) == ["Enabled", "2"])
        set(scene, try open(next: start + 4 * minute, opens: 1, trouble: start), at: 2 * minute + 1_000)
        #expect(try await scene.invoke() == ["action": "is paused"])
        set(scene, try record(ownItem(.closed, epoch: start + 5 * minute)), at: 5 * minute)
        #expect(try await scene.invoke() == ["action": "is on as before"])
        #expect(mapping(scene) == ["Enabled", "20"])
    }

    // At each call, before and after it is carried out; then the schedule comes.
    @Test(arguments: 1...3, [false, true])
    func aKillAtAnyStepLeavesNothingPaused(call: Int, isDone: Bool) async throws {
        let scene = Scene()
        let outage = try open(next: start + 2 * minute)
        let moments: [(CircuitRecord?, Int64, [String])] = [
            (outage, minute, ["Disabled", "3"]), (outage, 2 * minute, ["Enabled", "2"]), (nil, 3 * minute, ["Enabled", "20"]),
        ]
        for (record, time, expected) in moments {
            set(scene, record, at: time)
            scene.state.withLock {
                $0.calls = 0
                $0.kill = (call, isDone)
            }
            await #expect(throws: (any Error).self) { _ = try await scene.invoke() }
            scene.state.withLock { $0.kill = nil }
            _ = try await scene.invoke()
            #expect(mapping(scene) == expected)
        }
    }

    @Test func lateAndDoubledEventsDoWhatTheRecordSays() async throws {
        let scene = Scene()
        set(scene, try open(next: start + 9 * minute), at: 2 * minute)
        for _ in 1...3 { _ = try await scene.invoke() }
        #expect(mapping(scene) == ["Disabled", "3"])
        // The event of the opening comes again, after the circuit has closed.
        set(scene, nil, at: 3 * minute)
        for _ in 1...3 { _ = try await scene.invoke() }
        #expect(mapping(scene) == ["Enabled", "20"])
    }

    @Test(arguments: ["ResourceConflictException", "ResourceInUseException"])
    func aChangeUnderWayIsWaitedFor(code: String) async throws {
        let scene = Scene()
        set(scene, try open(next: start + 9 * minute), at: 2 * minute)
        scene.state.withLock { $0.refusal = code }
        #expect(try await scene.invoke() == ["action": "is changing"])
        scene.state.withLock { $0.refusal = "AccessDeniedException" }
        await #expect(throws: AWSError.self) { _ = try await scene.invoke() }
    }

    @Test func aTableThatCannotBeReadIsAnErrorAndTheQueueComesBackAfterAnHour() async throws {
        let scene = Scene()
        set(scene, try open(next: start + 9 * minute), at: 2 * minute)
        _ = try await scene.invoke()
        scene.state.withLock { $0.record = .failure(StoreError(.unavailable, "gone")) }
        await #expect(throws: StoreError.self) { _ = try await scene.invoke() }
        #expect(mapping(scene) == ["Disabled", "3"])
        scene.state.withLock { $0.now += 60 * minute }
        await #expect(throws: StoreError.self) { _ = try await scene.invoke() }
        #expect(mapping(scene) == ["Enabled", "2"])
    }
}
