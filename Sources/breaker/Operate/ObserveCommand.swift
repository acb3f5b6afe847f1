//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker

struct ObserveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "observe",
        abstract: "Order the fleet to do all but reject.",
        discussion: """
            It replaces any earlier order. \(OrderPlan.rights)

            EXAMPLES:
              breaker observe payments --table circuits --for 15m --why "trying out a threshold"
            """
    )

    @OptionGroup var options: OrderOptions
    @OptionGroup var terms: OrderTerms

    func run() async throws {
        try await OrderPlan(.observe, terms).run(options)
    }
}
