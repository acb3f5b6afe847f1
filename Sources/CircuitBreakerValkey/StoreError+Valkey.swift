//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import NIOCore
import NIOSSL
import SafeText

// What a server said or what became of the connection, in the words of a store, with how to fix it where that is known.
extension StoreError {
    static func tooMany(_ limit: Int, _ address: Address, mayHaveBeenApplied: Bool) -> StoreError {
        StoreError(.throttled, "\(limit) requests to \(address) are under way already", mayHaveBeenApplied: mayHaveBeenApplied)
    }

    // An error is a server's refusal: a script that has written nothing.
    init(serverError text: String, at place: String) {
        let shown = text.printable
        let (code, fix): (Code, String?) =
            switch text.prefix(while: { $0 != " " }) {
            case "NOAUTH": (.misconfigured, "give user and password in the store's URL: valkey://user:password@host")
            case "WRONGPASS": (.misconfigured, "check user and password in the store's URL")
            case "NOPERM":
                (
                    .misconfigured,
                    "the user needs ~prefix* +ping +select +role +type +hlen +hgetall +hset +hdel +pexpireat +persist +eval +evalsha, and +scan to list circuits"
                )
            case "WRONGTYPE": (.unreadable, "the key holds something else than a circuit; it was left as it is: give circuits a prefix of their own")
            case "MOVED", "ASK", "CROSSSLOT", "CLUSTERDOWN":
                (.misconfigured, "the server is part of a cluster, which this store does not follow: name one that is not")
            case "READONLY": (.unavailable, "the server is a replica; name all servers, as in valkey://one,two, and the one to write to is found")
            case "LOADING": (.unavailable, "the server is reading its data and will answer soon")
            case "BUSY": (.throttled, "another program's script keeps the server busy")
            case "OOM": (.unavailable, "the server's memory is full: raise its maxmemory")
            case "MISCONF": (.unavailable, "the server cannot write to its disk")
            case "NOREPLICAS": (.unavailable, "the server has fewer replicas than its min-replicas-to-write")
            default: Self.judge(text)
            }
        self.init(code, "\(place) answered '\(shown)'" + (fix.map { "; \($0)" } ?? ""), mayHaveBeenApplied: false)
    }

    // Only the words distinguish these.
    private static func judge(_ text: String) -> (Code, String?) {
        if text.contains("max number of clients") { return (.throttled, "raise the server's maxclients, or find who keeps connections open") }
        if text.contains("DB index") { return (.misconfigured, "check the database in the store's URL") }
        if text.contains("unknown command") { return (.misconfigured, "the store needs Valkey, or Redis 7 or later, with scripts") }
        if text.contains("AUTH") || text.contains("invalid password") { return (.misconfigured, "check user and password in the store's URL") }
        return (.unavailable, nil)
    }

    init(connecting error: any Error, _ address: Address) {
        switch error {
        case let error as NIOSSLError where error.isMistake:
            let fix = "check that the server speaks TLS there, and that 'ca' in the store's URL names who signed its certificate"
            self.init(.misconfigured, "no TLS with \(address): \("\(error)".printable); \(fix)", mayHaveBeenApplied: true, underlyingError: error)
        case let error as StoreError: self = error
        default:
            self.init(
                .unavailable,
                "\(address) cannot be reached: \("\(error)".printable)",
                mayHaveBeenApplied: true,
                underlyingError: ConnectionLost()
            )
        }
    }

    // Of several servers.
    init(all errors: [StoreError]) {
        guard errors.count != 1 else {
            self = errors[0]
            mayHaveBeenApplied = false
            return
        }
        let code = errors.contains { $0.code == .unavailable } ? Code.unavailable : errors.first?.code ?? .unavailable
        self.init(code, errors.isEmpty ? "the store was shut down" : errors.map(\.message).joined(separator: "; "), mayHaveBeenApplied: false)
    }
}

extension NIOSSLError {
    // A handshake that failed fails again.
    fileprivate var isMistake: Bool {
        switch self {
        case .handshakeFailed, .failedToLoadCertificate, .noCertificateToValidate, .unableToValidateCertificate: true
        default: false
        }
    }
}
