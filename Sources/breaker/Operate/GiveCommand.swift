//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker

// What one of the commands that give an order is called, and what it says of itself.
protocol OrderWords {
    static var kind: CircuitOrder.Kind { get }
    static var name: String { get }
    static var abstract: String { get }
    static var note: String { get }
    static var why: String { get }
}

struct GiveCommand<Words: OrderWords>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Words.name,
            abstract: Words.abstract,
            discussion: """
                It replaces any earlier order\(Words.note). \(OrderPlan.rights)

                EXAMPLES:
                  breaker \(Words.name) payments --table circuits --for 15m --why "\(Words.why)"
                """
        )
    }

    @OptionGroup var options: OrderOptions
    @OptionGroup var terms: OrderTerms

    func run() async throws {
        let author = await terms.author.name(for: options)
        try await OrderPlan(Words.kind, for: terms.duration, by: author, why: terms.why).run(options)
    }
}

enum OpenWords: OrderWords {
    static let kind = CircuitOrder.Kind.forceOpen
    static let name = "open"
    static let abstract = "Order the fleet to reject every call."
    static let note = "; the fleet obeys when it next looks at the record"
    static let why = "the provider asked us to stop"
}

enum CloseWords: OrderWords {
    static let kind = CircuitOrder.Kind.forceClosed
    static let name = "close"
    static let abstract = "Order the fleet to let every call through, no matter how many fail."
    static let note = "; failures are counted but open nothing"
    static let why = "opened by a bad deploy"
}

enum DisableWords: OrderWords {
    static let kind = CircuitOrder.Kind.disabled
    static let name = "disable"
    static let abstract = "Order the fleet to let every call through and count none."
    static let note = ""
    static let why = "load test"
}

enum ObserveWords: OrderWords {
    static let kind = CircuitOrder.Kind.observe
    static let name = "observe"
    static let abstract = "Order the fleet to decide as usual, but to reject no call."
    static let note = ""
    static let why = "trying out a threshold"
}
