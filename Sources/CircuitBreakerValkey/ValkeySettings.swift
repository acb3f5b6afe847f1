//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
package import CircuitBreaker
import NIOSSL
import SafeText

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

// Where the circuits are, read once from a URL and complained about as often as it is asked for.
package struct ValkeySettings: Sendable {
    package static let variable = "CIRCUITBREAKER_STORE"
    package static let form = "valkey://[user:password@]host[:port][,host[:port]…][/database][?prefix=text&ca=file]"

    let addresses: [Address]
    let user: String?
    let password: String?
    let database: Int
    package let prefix: String
    let usesTLS: Bool
    // The file of the certificates that are trusted in place of the system's.
    let certificates: String?

    package init(url: String?) throws(StoreError) {
        guard let text = url ?? getenv(Self.variable).map({ String(cString: $0) }), !text.isEmpty else {
            throw Self.error("no server: set \(Self.variable), or name one with ValkeyStore(url:), as \(Self.form)")
        }
        let (scheme, rest) = text.split(at: "://")
        switch scheme.lowercased() {
        case "valkey", "redis": usesTLS = false
        case "valkeys", "rediss": usesTLS = true
        default: throw Self.error("the store's URL must begin with valkey://, or valkeys:// for TLS; redis:// and rediss:// are the same")
        }
        guard let rest else { throw Self.error("the store's URL must be \(Self.form)") }
        let (place, query) = rest.split(at: "?")
        let (authority, path) = place.split(at: "/")
        let (hosts, account) = authority.splitAccount()
        addresses = try Self.addresses(hosts)
        (user, password) = try Self.account(account)
        database = try Self.database(path ?? "")
        let items = try Self.items(query ?? "")
        prefix = items["prefix"] ?? "circuits:"
        certificates = items["ca"]
        if certificates != nil, !usesTLS { throw Self.error("'ca' in the store's URL has no meaning without TLS: begin it with valkeys://") }
    }

    // Without the password.
    package var name: String {
        let place = "\(usesTLS ? "valkeys" : "valkey")://\(addresses.map(\.description).joined(separator: ","))/\(database)"
        return prefix == "circuits:" ? place : "\(place)?prefix=\(prefix)"
    }

    func key(of id: String) -> String { prefix + id }
}

extension ValkeySettings {
    private static func error(_ message: String) -> StoreError {
        StoreError(.misconfigured, message, mayHaveBeenApplied: false)
    }

    private static func addresses(_ text: String) throws(StoreError) -> [Address] {
        var addresses: [Address] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            var (host, port) = (String(part), "6379")
            if part.first == "[", !part.contains("]") {
                host = ""
            } else if part.first == "[", let end = part.firstIndex(of: "]") {
                host = String(part[part.index(after: part.startIndex)..<end])
                let rest = part[part.index(after: end)...]
                if rest.first == ":" { port = String(rest.dropFirst()) } else if !rest.isEmpty { host = "" }
            } else if let colon = part.lastIndex(of: ":") {
                (host, port) = (String(part[..<colon]), String(part[part.index(after: colon)...]))
            }
            let isPlain = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !host.contains("@")
            guard !host.isEmpty, isPlain else { throw error("the store's URL names no host: it must be \(form)") }
            guard let number = Int(port), 1...65535 ~= number else {
                throw error("the port '\(port.shortened(toBytes: 20))' in the store's URL must be a number from 1 to 65535")
            }
            addresses.append(Address(host: host, port: number))
        }
        return addresses
    }

    private static func account(_ text: String?) throws(StoreError) -> (String?, String?) {
        guard let text else { return (nil, nil) }
        let (user, password) = text.split(at: ":")
        guard let password, let name = user.percentDecoded, let secret = password.percentDecoded, !secret.isEmpty else {
            throw error("user and password in the store's URL must be user:password@ or :password@, with signs such as @ and / as %40 and %2F")
        }
        return (name.isEmpty ? nil : name, secret)
    }

    private static func database(_ text: String) throws(StoreError) -> Int {
        if text.isEmpty { return 0 }
        guard let number = Int(text), number >= 0 else {
            throw error("the database '\(text.shortened(toBytes: 20))' in the store's URL must be a number: valkey://host/0")
        }
        return number
    }

    private static func items(_ text: String) throws(StoreError) -> [String: String] {
        var items: [String: String] = [:]
        for part in text.split(separator: "&") {
            let (name, value) = part.split(at: "=")
            guard ["prefix", "ca"].contains(name), let value = value?.percentDecoded, !value.isEmpty else {
                throw error("'\(name.shortened(toBytes: 20))' in the store's URL must be prefix=text or ca=file")
            }
            items[name] = value
        }
        return items
    }
}

extension StringProtocol {
    fileprivate func split(at separator: String) -> (String, String?) {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(separator) {
                return (String(self[..<index]), String(self[self.index(index, offsetBy: separator.count)...]))
            }
            formIndex(after: &index)
        }
        return (String(self), nil)
    }

    // The last @ ends user and password.
    fileprivate func splitAccount() -> (hosts: String, account: String?) {
        guard let end = lastIndex(of: "@") else { return (String(self), nil) }
        return (String(self[index(after: end)...]), String(self[..<end]))
    }

    fileprivate var percentDecoded: String? { String(self).percentDecoded(where: { _ in true }) }
}

// MARK: what is said first on a connection

struct Greeting: Sendable {
    var command: Command
    var judge: @Sendable (Request.Answer, Address) -> Result<Void, any Error>
}

extension ValkeySettings {
    var greetings: [Greeting] {
        var greetings: [Greeting] = []
        if let password { greetings.append(.expectingNoError(Command(["AUTH"] + [user, password].compactMap { $0 }))) }
        if database != 0 { greetings.append(.expectingNoError(Command("SELECT", String(database)))) }
        greetings.append(addresses.count > 1 ? .primary : .alive)
        return greetings
    }

    func tlsContext() throws(StoreError) -> NIOSSLContext? {
        guard usesTLS else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let certificates { configuration.trustRoots = .file(certificates) }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            let fix = certificates.map { "'ca' in the store's URL is '\($0.shortened(toBytes: 200))', but must be a file of certificates (PEM)" }
            throw StoreError(.misconfigured, fix ?? "TLS cannot be used", mayHaveBeenApplied: false, underlyingError: error)
        }
    }
}

extension Greeting {
    static func expectingNoError(_ command: Command) -> Greeting {
        Greeting(command: command) { answer, address in
            switch answer {
            case .success(.error(let text)): .failure(StoreError(serverError: text, at: address.description))
            case .success: .success(())
            case .failure(let error): .failure(error)
            }
        }
    }

    // Whoever may not say PING is let in too.
    static let alive = Greeting(command: Command("PING")) { answer, address in
        if case .success(.error(let text)) = answer, text.hasPrefix("NOPERM") { return .success(()) }
        return expectingNoError(Command("PING")).judge(answer, address)
    }

    // One of several servers is the one to write to.
    static let primary = Greeting(command: Command("ROLE")) { answer, address in
        guard case .success(.list(let elements)) = answer else { return expectingNoError(Command("ROLE")).judge(answer, address) }
        guard elements.first?.string == "master" else {
            return .failure(StoreError(.unavailable, "\(address) is a replica", mayHaveBeenApplied: false))
        }
        return .success(())
    }
}
