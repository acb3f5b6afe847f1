//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import LoopbackAccess
import Testing

@Suite struct LoopbackAccessTests {
    private func request(
        from remote: String? = "127.0.0.1",
        host: String? = "127.0.0.1:8080",
        origin: String? = "http://127.0.0.1:8080",
        fetchSite: String? = nil,
        mode: String? = nil,
        destination: String? = nil
    ) -> LoopbackAccess {
        let fields = ["Origin": origin, "Sec-Fetch-Site": fetchSite, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": destination]
        return LoopbackAccess(remoteAddress: remote, host: host) { fields[$0] ?? nil }
    }

    private func expectNothing(_ request: LoopbackAccess, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(throws: LoopbackAccess.Denied.self, sourceLocation: sourceLocation) { try request.check() }
        #expect(throws: LoopbackAccess.Denied.self, sourceLocation: sourceLocation) { try request.checkNavigation() }
        #expect(throws: LoopbackAccess.Denied.self, sourceLocation: sourceLocation) { try request.checkControl() }
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.1:1", "localhost:65535", "LOCALHOST:8080", "[::1]:8080"])
    func pagesOfThisServerMay(_ host: String) throws {
        let request = request(host: host, origin: "http://\(host)", fetchSite: "same-origin")
        try request.check()
        try request.checkNavigation()
        try request.checkControl()
    }

    @Test(arguments: [
        "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:123456", "127.0.0.2", "",
        "evil.example@127.0.0.1", "localhost:80@evil.example", "[::2]", "0.0.0.0", "127.0.0.1 ", "127.0.0.1:८०",
    ])
    func otherNamesMayNothing(_ host: String) {
        expectNothing(request(host: host, origin: "http://\(host)"))
        #expect(throws: LoopbackAccess.Denied.self) { try request(host: host, origin: nil).check() }
    }

    @Test(arguments: [
        "http://evil.example", "null", "", "http://127.0.0.1", "http://127.0.0.1:8081", "https://127.0.0.1:8080", "http://localhost:8080",
        "http://127.0.0.1:8080.evil.example", "http://127.0.0.1:8080/", "127.0.0.1:8080",
    ])
    func otherOriginsMayNothing(_ origin: String) {
        expectNothing(request(origin: origin))
        expectNothing(request(origin: origin, mode: "navigate", destination: "document"))
    }

    @Test func whoSaysNothingMayNotCommand() throws {
        try request(origin: nil).check()
        #expect(throws: LoopbackAccess.Denied.self) { try request(origin: nil).checkControl() }
        expectNothing(request(host: nil))
        expectNothing(request(host: nil, origin: "http://"))
    }

    @Test(arguments: [nil, "10.0.0.1", "192.168.1.2", "::2", "1.127.0.0.1", "::ffff:10.0.0.1"] as [String?])
    func otherMachinesMayNothing(_ remote: String?) {
        expectNothing(request(from: remote))
    }

    @Test(arguments: ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
    func thisMachineMay(_ remote: String) throws {
        try request(from: remote).checkControl()
    }

    @Test(arguments: ["cross-site", "same-site", ""])
    func theBrowsersWordCounts(_ site: String) {
        expectNothing(request(fetchSite: site))
        // An image or a frame has no Origin.
        #expect(throws: LoopbackAccess.Denied.self) { try request(origin: nil, fetchSite: site).check() }
        let frame = request(origin: nil, fetchSite: site, mode: "navigate", destination: "iframe")
        #expect(throws: LoopbackAccess.Denied.self) { try frame.checkNavigation() }
    }

    @Test func aLinkMayLeadToAPageAndNowhereElse() throws {
        let link = request(origin: nil, fetchSite: "cross-site", mode: "navigate", destination: "document")
        try link.checkNavigation()
        #expect(throws: LoopbackAccess.Denied.self) { try link.check() }
        let typed = request(origin: nil, fetchSite: "none", mode: "navigate", destination: "document")
        try typed.check()
        #expect(throws: LoopbackAccess.Denied.self) { try typed.checkControl() }
    }
}
