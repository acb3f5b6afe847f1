//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Dependency

struct Unavailable: Error {}

// Each loop stands in full: what would be shared would be measured with the call.
extension Workload {
    static let closed: [Workload] = [
        Workload("run {}", target: 30) {
            let breaker = try CircuitBreaker("benchmark")
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number = (try? await breaker.run { await call(last) }) ?? -1
                }
                use(number)
            }
        },
        Workload("run {} fallback: {}", target: 30) {
            let breaker = try CircuitBreaker("benchmark")
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number =
                        (try? await breaker.run {
                            await call(last)
                        } fallback: { _ in
                            -1
                        }) ?? -1
                }
                use(number)
            }
        },
        Workload("result {}", target: 30) {
            let breaker = try CircuitBreaker("benchmark")
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    if case .success(let value) = await breaker.result(of: { await call(last) }) { number = value }
                }
                use(number)
            }
        },
        Workload("run {}, the store answers after 5 ms", target: 30, count: 1_000_000) {
            let breaker = try CircuitBreaker("benchmark", store: DistantStore())
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number = (try? await breaker.run { await call(last) }) ?? -1
                }
                use(number)
            }
        },
    ]

    // An invocation's deadline that is a minute away.
    private static var inAMinute: Timestamp { WallClock().now.advanced(by: .seconds(60)) }

    static let limited: [Workload] = [
        Workload("run(deadline:)", target: 1500) {
            let breaker = try CircuitBreaker("benchmark")
            let deadline = inAMinute
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number = (try? await breaker.run(deadline: deadline) { await call(last) }) ?? -1
                }
                use(number)
            }
        },
        Workload("run(deadline:), suspends once", .suspending, target: 3000) {
            let breaker = try CircuitBreaker("benchmark")
            let deadline = inAMinute
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number = (try? await breaker.run(deadline: deadline) { await callThatSuspends(last) }) ?? -1
                }
                use(number)
            }
        },
        Workload("run(deadline:) fallback: {}", target: 1500) {
            let breaker = try CircuitBreaker("benchmark")
            let deadline = inAMinute
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number =
                        (try? await breaker.run(deadline: deadline) {
                            await call(last)
                        } fallback: { _ in
                            -1
                        }) ?? -1
                }
                use(number)
            }
        },
        Workload("run(timeout:)", target: 1500) {
            let breaker = try CircuitBreaker("benchmark")
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number = (try? await breaker.run(timeout: .seconds(10)) { await call(last) }) ?? -1
                }
                use(number)
            }
        },
        Workload("run(timeout:), suspends once", .suspending, target: 3000) {
            let breaker = try CircuitBreaker("benchmark")
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number = (try? await breaker.run(timeout: .seconds(10)) { await callThatSuspends(last) }) ?? -1
                }
                use(number)
            }
        },
        Workload("configuration.timeout", target: 1500) {
            let breaker = try CircuitBreaker("benchmark", configuration: .init(timeout: .seconds(10)))
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number = (try? await breaker.run { await call(last) }) ?? -1
                }
                use(number)
            }
        },
        Workload("configuration.timeout, suspends once", .suspending, target: 3000) {
            let breaker = try CircuitBreaker("benchmark", configuration: .init(timeout: .seconds(10)))
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number = (try? await breaker.run { await callThatSuspends(last) }) ?? -1
                }
                use(number)
            }
        },
    ]

    static let watched: [Workload] = [
        Workload(".orSlowCalls", target: 100) {
            let policy = TripPolicy.failures(5, within: .seconds(60)).orSlowCalls(0.5, longerThan: .seconds(2), minimumCalls: 20)
            let breaker = try CircuitBreaker("benchmark", policy: policy)
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number = (try? await breaker.run { await call(last) }) ?? -1
                }
                use(number)
            }
        },
        Workload("one listener", target: 600) {
            let breaker = try CircuitBreaker("benchmark")
            let listener = Listener(breaker)
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number = (try? await breaker.run { await call(last) }) ?? -1
                }
                use(number)
                listener.keep()
            }
        },
    ]

    static let permits: [Workload] = [
        Workload("acquire, succeed", target: 120) {
            let breaker = try CircuitBreaker("benchmark")
            return { count in
                var number = 0
                for _ in 0..<count {
                    switch try? await breaker.acquire() {
                    case .permit(let permit)?:
                        number = await call(number)
                        await permit.succeed()
                    default: break
                    }
                }
                use(number)
            }
        }
    ]

    static let rejected: [Workload] = [
        Workload("rejected: result {}", target: 60) {
            let breaker = try await opened()
            return { count in
                var rejections = 0
                for number in 0..<count {
                    if case .failure(.rejected) = await breaker.result(of: { await call(number) }) { rejections += 1 }
                }
                precondition(rejections == count)
            }
        },
        Workload("rejected: acquire", target: 60) {
            let breaker = try await opened()
            return { count in
                for _ in 0..<count {
                    switch try? await breaker.acquire() {
                    case .rejected?: break
                    default: preconditionFailure("admitted")
                    }
                }
            }
        },
        Workload("rejected: run {} throws", target: 60) {
            let breaker = try await opened()
            return { count in
                var rejections = 0
                for number in 0..<count {
                    do {
                        _ = try await breaker.run { await call(number) }
                    } catch {
                        rejections += 1
                    }
                }
                precondition(rejections == count)
            }
        },
        Workload("rejected: run {} fallback: {}", target: 120) {
            let breaker = try await opened()
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number =
                        (try? await breaker.run {
                            await call(last)
                        } fallback: { _ in
                            -1
                        }) ?? 0
                }
                precondition(number == -1)
            }
        },
        Workload("rejected: run(deadline:) fallback: {}", target: 150) {
            let breaker = try await opened()
            let deadline = inAMinute
            return { count in
                var number = 0
                for _ in 0..<count {
                    let last = number
                    number =
                        (try? await breaker.run(deadline: deadline) {
                            await call(last)
                        } fallback: { _ in
                            -1
                        }) ?? 0
                }
                precondition(number == -1)
            }
        },
    ]

    static let failing: [Workload] = [
        Workload("a failing call, store in memory", target: 3000, count: 20_000) {
            let breaker = try CircuitBreaker("benchmark", policy: .failures(1_000_000_000, within: .seconds(60)))
            return { count in
                var failures = 0
                for number in 0..<count {
                    if case .failure(.failed) = await breaker.result(of: { () async throws(Unavailable) in
                        use(await call(number))
                        throw Unavailable()
                    }) {
                        failures += 1
                    }
                }
                precondition(failures == count)
            }
        },
        Workload("a failing call, the store answers after 5 ms", count: 100) {
            let breaker = try CircuitBreaker(
                "benchmark",
                store: DistantStore(),
                policy: .failures(1_000_000_000, within: .seconds(60))
            )
            return { count in
                for number in 0..<count {
                    _ = await breaker.result(of: { () async throws(Unavailable) in
                        use(await call(number))
                        throw Unavailable()
                    })
                }
            }
        },
    ]

    static func opened() async throws -> CircuitBreaker {
        let recovery = RecoveryPolicy(openTime: .seconds(3600), maximumOpenTime: .seconds(3600))
        let breaker = try CircuitBreaker(
            "benchmark",
            configuration: .init(policy: .failures(1, within: .seconds(60)), recovery: recovery)
        )
        _ = await breaker.result(of: { () async throws(Unavailable) in throw Unavailable() })
        return breaker
    }
}

// Takes each event as it comes.
final class Listener: Sendable {
    private let task: Task<Void, Never>

    init(_ breaker: CircuitBreaker) {
        let events = breaker.events(buffer: 1 << 20)
        task = Task {
            var count = 0
            for await _ in events { count &+= 1 }
            use(count)
        }
    }

    func keep() {}

    deinit {
        task.cancel()
    }
}

// A store in memory that is five milliseconds away.
struct DistantStore: CircuitStore {
    private let store = InMemoryStore()

    func read(_ id: String, consistent: Bool) async throws(StoreError) -> CircuitRecord? {
        try? await Task.sleep(for: .milliseconds(5))
        return try await store.read(id, consistent: consistent)
    }

    func report(_ report: CircuitReport, to id: String) async throws(StoreError) -> ReportResult {
        try? await Task.sleep(for: .milliseconds(5))
        return try await store.report(report, to: id)
    }

    func change(_ change: CircuitChange, of id: String) async throws(StoreError) -> ChangeResult {
        try? await Task.sleep(for: .milliseconds(5))
        return try await store.change(change, of: id)
    }
}
