//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker

struct OpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Order the fleet to reject every call.",
        discussion: """
            It replaces any earlier order; the fleet obeys when it next looks at the record. \(OrderPlan.rights)

            EXAMPLES:
              breaker open payments --table circuits --for 15m --why "the provider asked us to stop"
            """
    )

    @OptionGroup var options: OrderOptions
    @OptionGroup var terms: OrderTerms

    func run() async throws {
        try await OrderPlan(.forceOpen, terms).run(options)
    }
}
