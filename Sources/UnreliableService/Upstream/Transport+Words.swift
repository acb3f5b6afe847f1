//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

extension NIOConnectionError {
    var summary: String {
        switch (connectionErrors.first?.error, dnsAError) {
        case (let error as IOError, _): error.summary
        case (let error?, _): "no connection to \(host):\(port): \(error)"
        case (nil, _?): "\(host) is not a known host"
        case (nil, nil): "no connection to \(host):\(port)"
        }
    }
}

extension IOError {
    var summary: String {
        switch errnoCode {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET, EPIPE: "connection closed by the other side"
        default: "\(self)"
        }
    }
}

extension Duration {
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
