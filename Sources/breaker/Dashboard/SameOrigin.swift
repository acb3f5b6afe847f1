//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Who may see and use the dashboard: pages of this server, in a browser on this machine.
struct SameOrigin: Hashable, Sendable {
    var remoteAddress: String?
    var host: String?
    var origin: String?
    var fetchSite: String?

    // A name that leads here from elsewhere (DNS rebinding) is not one of ours.
    func checkRead() throws(Refusal) {
        guard let remoteAddress, Self.isLoopback(remoteAddress) else {
            throw .forbidden("the dashboard answers callers on this machine only, not \(remoteAddress ?? "an unknown address")")
        }
        guard let host, Self.isLoopbackHost(host) else {
            throw .forbidden("Host is \(Self.shown(host)), but must be 127.0.0.1, localhost or [::1]")
        }
    }

    func checkControl() throws(Refusal) {
        try checkRead()
        guard let origin, origin.lowercased() == "http://\((host ?? "").lowercased())" else {
            throw .forbidden("Origin is \(Self.shown(origin)), but must be this server's own, http://\(host ?? "")")
        }
        guard fetchSite == nil || fetchSite == "same-origin" else {
            throw .forbidden("Sec-Fetch-Site is \(Self.shown(fetchSite)), but must be same-origin")
        }
    }

    private static func shown(_ text: String?) -> String {
        text.map { "\"\($0.prefix(80))\"" } ?? "missing"
    }

    static func isLoopback(_ address: String) -> Bool {
        address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
    }

    // A tunnel may end at another port, so any will do: the origin must have the same.
    static func isLoopbackHost(_ host: String) -> Bool {
        let host = host.lowercased()
        for name in ["127.0.0.1", "localhost", "[::1]"] where host.hasPrefix(name) {
            let rest = host.dropFirst(name.count)
            if rest.isEmpty { return true }
            let digits = rest.dropFirst()
            return rest.first == ":" && (1...5).contains(digits.count) && digits.allSatisfy { $0.isASCII && $0.isNumber }
        }
        return false
    }
}
