//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker

struct CloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Order the fleet to let every call through, whatever fails.",
        discussion: """
            It replaces any earlier order; failures are counted but open nothing. \(OrderPlan.rights)

            EXAMPLES:
              breaker close payments --table circuits --for 15m --why "opened by a bad deploy"
            """
    )

    @OptionGroup var options: OrderOptions
    @OptionGroup var terms: OrderTerms

    func run() async throws {
        try await OrderPlan(.forceClosed, terms).run(options)
    }
}
