//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

// Who may use a server on this machine: programs here, and the server's own pages in a browser here.
package struct LoopbackAccess: Hashable, Sendable {
    package struct Denied: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    private let remoteAddress: String?
    private let host: String?
    // `header` gives the value of a request's field; Host may have gone elsewhere.
    private let origin: String?
    private let fetchSite: String?
    private let isNavigation: Bool

    package init(remoteAddress: String?, host: String?, header: (String) -> String?) {
        self.remoteAddress = remoteAddress
        self.host = host
        origin = header("Origin")
        fetchSite = header("Sec-Fetch-Site")
        isNavigation = header("Sec-Fetch-Mode") == "navigate" && header("Sec-Fetch-Dest") == "document"
    }

    // For whatever only a person or a program here may ask for.
    package func check() throws(Denied) {
        try checkCaller()
        try checkPage()
    }

    // For a page that does nothing by being shown: a link of another site may lead to it, but no other page may contain it.
    package func checkNavigation() throws(Denied) {
        try checkCaller()
        if !isNavigation || origin != nil { try checkPage() }
    }

    // For commands of the server's own pages.
    package func checkControl() throws(Denied) {
        try checkCaller()
        guard let origin, isOwn(origin) else {
            throw Denied(description: "Origin is \(Self.shown(origin)), but must be this server's own, http://\(host ?? "")")
        }
        guard fetchSite == nil || fetchSite == "same-origin" else {
            throw Denied(description: "Sec-Fetch-Site is \(Self.shown(fetchSite)), but must be same-origin")
        }
    }

    // Refuses the pages of others; a caller that is no browser sends neither field.
    package func checkPage() throws(Denied) {
        if let origin, !isOwn(origin) {
            throw Denied(description: "Origin is \(Self.shown(origin)), but must be missing or this server's own, http://\(host ?? "")")
        }
        guard fetchSite == nil || fetchSite == "same-origin" || fetchSite == "none" else {
            throw Denied(description: "Sec-Fetch-Site is \(Self.shown(fetchSite)), but must be missing, same-origin or none")
        }
    }

    // A name that leads here from elsewhere (DNS rebinding) is not one of ours.
    private func checkCaller() throws(Denied) {
        guard let remoteAddress, Self.isLoopback(remoteAddress) else {
            throw Denied(description: "callers on this machine only are answered, not \(remoteAddress ?? "an unknown address")")
        }
        guard let host, Self.isLoopbackHost(host) else {
            throw Denied(description: "Host is \(Self.shown(host)), but must be 127.0.0.1, localhost or [::1]")
        }
    }

    private func isOwn(_ origin: String) -> Bool {
        origin.lowercased() == "http://\((host ?? "").lowercased())"
    }

    private static func shown(_ text: String?) -> String {
        text.map { "\"\($0.prefix(80))\"" } ?? "missing"
    }

    package static func isLoopback(_ address: String) -> Bool {
        address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
    }

    // A tunnel may end at another port, so any will do: the origin must have the same.
    private static func isLoopbackHost(_ host: String) -> Bool {
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
