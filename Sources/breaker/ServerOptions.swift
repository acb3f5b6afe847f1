//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser

// The server and its environments.
struct ServerOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The port; 0 means any that is free. (default: 8080)", valueName: "port"),
        transform: Arguments.count(from: 0, to: 65535)
    )
    var port = 8080

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most environments at once; a request beyond them gets 503, as from Lambda. (default: 1000)", valueName: "n"),
        transform: Arguments.count(to: 100_000)
    )
    var environments = 1000

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long an environment may be idle before it is recycled. (default: 5m)", valueName: "time"),
        transform: Arguments.duration()
    )
    var idleRecycle: Duration = .seconds(300)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The function's own time limit: a call that would exceed it times out before that. (default: 10s)", valueName: "time"),
        transform: Arguments.duration()
    )
    var functionTimeout: Duration = .seconds(10)

    @Flag(inversion: .prefixedNo, help: "Serve the page that shows and controls all this, at /dashboard; without it, the service gets that path.")
    var dashboard = true

    @Flag(name: [.short, .long], help: "Log only changes of state, not each fallback.")
    var quiet = false
}
