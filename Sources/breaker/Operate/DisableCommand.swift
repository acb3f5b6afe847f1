//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker

struct DisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Order the fleet to let every call through and count none.",
        discussion: """
            It replaces any earlier order. \(OrderPlan.rights)

            EXAMPLES:
              breaker disable payments --table circuits --for 15m --why "load test"
            """
    )

    @OptionGroup var options: OrderOptions
    @OptionGroup var terms: OrderTerms

    func run() async throws {
        try await OrderPlan(.disabled, terms).run(options)
    }
}
