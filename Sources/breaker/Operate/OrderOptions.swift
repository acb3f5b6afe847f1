//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import ArgumentParser
import CircuitBreaker

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// What every order has, whatever it does.
struct OrderOptions: ParsableArguments {
    @Argument(help: "The circuits' ids.")
    var ids: [String]

    @OptionGroup var store: StoreOptions

    @Flag(help: "Do not ask for confirmation.")
    var yes = false

    @Flag(help: "Only show what would be changed.")
    var dryRun = false

    @Flag(help: "Make a record for a circuit that has none yet; otherwise an unknown id is an error and nothing is changed.")
    var create = false

    @Flag(help: "Print the circuits as they are afterwards, as JSON.")
    var json = false

    func validate() throws {
        try Arguments.asUsage {
            for id in ids { try CircuitBreaker.validate(id: id) }
        }
    }
}

// Who gives an order.
struct OrderAuthor: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Who gives the order. (default: the caller's identity, if STS answers, or else the user and host of this machine)",
            valueName: "name"
        )
    )
    var by: String?

    // Nobody is asked for an order that is not given.
    func name(for options: OrderOptions) async -> String {
        if let by { return by }
        return options.dryRun ? Self.localName : await name(for: try? options.store.place())
    }

    // AWS knows who may write to a table, and a server knows a user whom many may share.
    func name(for place: StorePlace?) async -> String {
        if let by { return by }
        guard case .table(_, let region)? = place else { return Self.localName }
        let environment = ProcessEnvironment { name in
            name == "AWS_REGION" ? region ?? ProcessEnvironment.current[name] : ProcessEnvironment.current[name]
        }
        // A stand-in for DynamoDB knows callers whom AWS does not.
        let isElsewhere =
            environment["AWS_ENDPOINT_URL_DYNAMODB"] != nil && environment["AWS_ENDPOINT_URL_STS"] == nil && environment["AWS_ENDPOINT_URL"] == nil
        guard !isElsewhere, let arn = try? await CallerIdentity.arn(environment: environment, within: .seconds(2)) else { return Self.localName }
        return arn.shortenedAsOrder
    }

    private static var localName: String {
        let environment = ProcessInfo.processInfo.environment
        let user = [environment["USER"], environment["LOGNAME"]].lazy.compactMap { $0 }.first { !$0.isEmpty } ?? "somebody"
        return "\(user)@\(ProcessInfo.processInfo.hostName)".shortenedAsOrder
    }

    func validate() throws {
        try Arguments.asUsage { try CircuitOrder.check(by: by ?? "", why: "") }
    }
}

// When an order ends, why it is given, and by whom.
struct OrderTerms: ParsableArguments {
    @OptionGroup var author: OrderAuthor

    @Option(
        name: .customLong("for"),
        parsing: .unconditional,
        help: ArgumentHelp("How long the order lasts: 15m, 2h.", valueName: "time"),
        transform: Arguments.duration()
    )
    var duration: Duration?

    @Flag(help: "The order lasts until it is lifted.")
    var forever = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Why, in at most \(CircuitOrder.longestText) bytes of UTF-8.", valueName: "text"))
    var why: String

    func validate() throws {
        guard (duration == nil) == forever else {
            throw ValidationError(forever ? "give --for or --forever, not both" : "an order needs an end: give --for 15m, or --forever")
        }
        try Arguments.asUsage { try CircuitOrder.check(by: "", why: why) }
    }
}
