//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Testing

@testable import breaker

@Suite struct SameOriginTests {
    private func request(
        from remote: String? = "127.0.0.1",
        host: String? = "127.0.0.1:8080",
        origin: String? = "http://127.0.0.1:8080",
        fetchSite: String? = nil
    ) -> SameOrigin {
        SameOrigin(remoteAddress: remote, host: host, origin: origin, fetchSite: fetchSite)
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.1:1", "localhost:65535", "LOCALHOST:8080", "[::1]:8080"])
    func pagesOfThisServerMay(_ host: String) throws {
        try request(host: host, origin: "http://\(host)", fetchSite: "same-origin").checkControl()
    }

    @Test(arguments: [
        "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:123456", "127.0.0.2", "",
        "evil.example@127.0.0.1", "localhost:80@evil.example", "[::2]", "0.0.0.0", "127.0.0.1 ", "127.0.0.1:८०",
    ])
    func otherNamesMayNotEvenSee(_ host: String) {
        let request = request(host: host, origin: "http://\(host)")
        #expect(throws: Refusal.self) { try request.checkRead() }
        #expect(throws: Refusal.self) { try request.checkControl() }
    }

    @Test(arguments: [
        "http://evil.example", "null", "", "http://127.0.0.1", "http://127.0.0.1:8081", "https://127.0.0.1:8080", "http://localhost:8080",
        "http://127.0.0.1:8080.evil.example", "http://127.0.0.1:8080/", "127.0.0.1:8080",
    ])
    func otherOriginsMayNotCommand(_ origin: String) throws {
        #expect(throws: Refusal.self) { try request(origin: origin).checkControl() }
        try request(origin: origin).checkRead()
    }

    @Test func whoSaysNothingMayNotCommand() {
        #expect(throws: Refusal.self) { try request(origin: nil).checkControl() }
        #expect(throws: Refusal.self) { try request(host: nil).checkControl() }
        #expect(throws: Refusal.self) { try request(host: nil, origin: "http://").checkControl() }
    }

    @Test(arguments: [nil, "10.0.0.1", "192.168.1.2", "::2", "1.127.0.0.1", "::ffff:10.0.0.1"] as [String?])
    func otherMachinesMayNotEvenSee(_ remote: String?) {
        #expect(throws: Refusal.self) { try request(from: remote).checkRead() }
    }

    @Test(arguments: ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
    func thisMachineMay(_ remote: String) throws {
        try request(from: remote).checkControl()
    }

    @Test(arguments: ["cross-site", "same-site", "none", ""])
    func theBrowsersWordCounts(_ site: String) {
        #expect(throws: Refusal.self) { try request(fetchSite: site).checkControl() }
    }
}
