//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Logging
import NIOCore
import NIOPosix
import UnreliableService

// Whether anybody listens at an upstream's address.
enum Reachability {
    static func warn(of upstream: UpstreamURL, _ logger: Logger) async {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(.seconds(1))
        do {
            let channel = try await bootstrap.connect(host: upstream.host, port: upstream.port).get()
            try? await channel.close()
        } catch {
            logger.warning("nobody answers at \(upstream) yet; the circuit will find out when it does")
        }
    }
}
