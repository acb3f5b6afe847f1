//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker

struct LiftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift",
        abstract: "Lift the order in force; the circuits decide for themselves again.",
        discussion: """
            \(OrderPlan.rights)

            EXAMPLES:
              breaker lift payments --table circuits
            """
    )

    @OptionGroup var options: OrderOptions
    @OptionGroup var author: OrderAuthor

    @Option(parsing: .unconditional, help: ArgumentHelp("Why, in at most \(CircuitOrder.longestText) bytes of UTF-8.", valueName: "text"))
    var why = ""

    func validate() throws {
        try Arguments.asUsage { try CircuitOrder.check(by: "", why: why) }
    }

    func run() async throws {
        try await OrderPlan.lift(by: await author.name(for: options), why: why).run(options)
    }
}
