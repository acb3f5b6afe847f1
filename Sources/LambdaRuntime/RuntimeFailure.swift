//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// What ends the runtime.
package enum RuntimeFailure: Error, CustomStringConvertible {
    case initialization(String)
    case unreachable(address: String, reason: String)
    case connectionLost(address: String, request: String, reason: String)
    case refused(request: String, status: UInt, body: String)
    case badHeader(name: String, value: String?)
    case cannotListen(address: String, reason: String)

    /// Whether only one answer was refused (it came too late, or was too large), so that the next invocation may well succeed.
    var concernsOneAnswer: Bool {
        guard case .refused(_, let status, _) = self else { return false }
        return (400..<500).contains(status)
    }

    package var description: String {
        switch self {
        case .initialization(let reason):
            "initialization failed: \(reason)"
        case .unreachable(let address, let reason):
            "cannot reach the Runtime API at \(address): \(reason)"
        case .connectionLost(let address, let request, let reason):
            "lost the Runtime API at \(address) during \(request): \(reason)"
        case .refused(let request, let status, let body):
            "the Runtime API answered \(request) with status \(status): \(body)"
        case .badHeader(let name, let value):
            "the Runtime API sent an invocation \(value.map { "with \(name): \($0)" } ?? "without \(name)")"
        case .cannotListen(let address, let reason):
            "cannot listen on \(address): \(reason); LOCAL_LAMBDA_HOST and LOCAL_LAMBDA_PORT choose another address"
        }
    }
}
