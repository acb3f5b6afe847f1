//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Testing

// What `breaker local` makes of requests that are not as they should be.
@Suite(.timeLimit(.minutes(2))) struct LocalServerTests {
    private func serving(
        _ options: String...,
        and more: [String] = [],
        body: (_ address: String, _ process: BreakerProcess) async throws -> Void
    ) async throws {
        let process = try BreakerProcess(["local", "--port", "0", "--success-probability", "1"] + options + more)
        try await body(try await process.address(), process)
        #expect(try await process.stop().status == 0)
    }

    private func head(_ method: String = "GET", _ path: String = "/", _ address: String, _ fields: String...) -> String {
        let host = address.dropFirst("http://".count)
        return "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n\(fields.map { "\($0)\r\n" }.joined())\r\n"
    }

    @Test func aBrokenBodyIsBadAndALargeOneTooLarge() async throws {
        try await serving { address, _ in
            let bad = try await RawConnection.ask(address, head("POST", "/", address, "Transfer-Encoding: chunked") + "zz\r\nx\r\n")
            #expect(bad.hasPrefix("HTTP/1.1 400 "), "\(bad)")
            let close = "Connection: close"
            let large = try await RawConnection.open(address) { talk in
                try await talk.send(head("POST", "/", address, "Content-Length: 6291457", close))
                return try await talk.receive(until: "large")
            }
            #expect(large.hasPrefix("HTTP/1.1 413 "), "\(large)")
            let counts = try await LoadClient.counts(of: address)
            #expect(counts.answers["success"] == 0)
        }
    }

    @Test func expectIsAnswered() async throws {
        try await serving { address, _ in
            try await RawConnection.open(address) { talk in
                for _ in 0..<2 {
                    try await talk.send(head("POST", "/", address, "Expect: 100-Continue", "Content-Length: 2"))
                    let interim = try await talk.receive(until: "\r\n\r\n")
                    #expect(interim == "HTTP/1.1 100 Continue\r\n\r\n")
                    try await talk.send("ok")
                    let answer = try await talk.receive(until: "Success\"}")
                    #expect(answer.hasPrefix("HTTP/1.1 200 "))
                }
                // Not asked for: the body would not be taken.
                try await talk.send(head("POST", "/", address, "Expect: 100-continue", "Content-Length: 6291457"))
                let refusal = try await talk.receive(until: "large")
                #expect(refusal.hasPrefix("HTTP/1.1 413 "))
            }
        }
    }

    @Test(arguments: ["/", "/any/path", "/_breaker/counts", "/dashboard", "/dashboard/events", "/dashboard/page.js"])
    func pagesOfOthersGetNothing(path: String) async throws {
        try await serving { address, _ in
            for field in ["Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"] {
                let answer = try await RawConnection.ask(address, head("GET", path, address, field, "Connection: close"))
                #expect(answer.hasPrefix("HTTP/1.1 403 "), "\(path) \(field): \(answer)")
            }
            for host in ["evil.example", "127.0.0.1.evil.example", ""] {
                let answer = try await RawConnection.ask(address, "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 403 "), "\(path) \(host): \(answer)")
            }
            let counts = try await LoadClient.counts(of: address)
            #expect(counts.answers.values.allSatisfy { $0 == 0 })
        }
    }

    @Test func aLinkMayLeadToTheDashboardButNotToItsEvents() async throws {
        try await serving { address, _ in
            let link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"].joined(separator: "\r\n")
            for (path, status) in [("/dashboard", 200), ("/dashboard/events", 403), ("/", 403)] {
                let answer = try await RawConnection.ask(address, head("GET", path, address, link, "Connection: close"))
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(path): \(answer)")
            }
        }
    }

    @Test(arguments: [([], true), (["--upstream-authorization", "pass"], true), (["--upstream-authorization", "drop"], false)])
    func whatACallerIdentifiesItselfWithGoesToTheUpstreamUnlessToldNotTo(arguments: [String], isPassed: Bool) async throws {
        let upstream = try await SilentServer(answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        try await serving("--upstream-url", "http://127.0.0.1:\(upstream.port)", and: arguments) { address, _ in
            try await RawConnection.open(address) { talk in
                try await talk.send(head("GET", "/", address, "Authorization: Basic abc"))
                let asked = await upstream.untilAsked()
                #expect(asked?.contains("Basic abc") == isPassed, "\(asked ?? "")")
                _ = try await talk.receive(until: "ok")
            }
        }
        try await upstream.close()
    }

    // ISO 8859-1, UTF-8, and the characters that stand for bytes that are not UTF-8.
    @Test(arguments: ["caf\u{E9}", "caf\u{C3}\u{A9}", "\u{EF}\u{9F}\u{A9}", "\u{80}\u{FF}\u{C3}", "\u{ED}\u{A0}\u{80}", "plain"])
    func bytesAboveASCIIPassBothWays(value: String) async throws {
        let upstream = try await SilentServer(answer: "HTTP/1.1 200 OK\r\nX-Back: \(value).\r\nContent-Length: 3\r\n\r\n\u{E9}ok")
        try await serving("--upstream-url", "http://127.0.0.1:\(upstream.port)") { address, _ in
            try await RawConnection.open(address) { talk in
                // Two in one piece, and one in two.
                let request = head("GET", "/", address, "X-There: \(value).", "X-Long: \(value)")
                try await talk.send(request + request + request.prefix(60))
                for number in 0..<3 {
                    if number == 2 { try await talk.send(String(request.dropFirst(60))) }
                    let asked = await upstream.untilAsked()
                    #expect(asked?.contains("X-There: \(value).\r\n") == true, "\(asked ?? "")")
                    let answer = try await talk.receive(until: "\u{E9}ok")
                    #expect(answer.contains("X-Back: \(value).\r\n"), "\(answer)")
                }
            }
        }
        try await upstream.close()
    }

    // An upstream that never answers, a page that reads nothing, a request without its body, and an idle connection.
    @Test func ctrlCEndsWhateverHangs() async throws {
        let upstream = try await SilentServer()
        let options = [
            "--upstream-url", "http://127.0.0.1:\(upstream.port)", "--upstream-timeout", "1h", "--function-timeout", "1h", "--lease", "1h",
        ]
        let process = try BreakerProcess(["local", "--port", "0"] + options)
        let address = try await process.address()
        try await RawConnection.open(address) { idle in
            try await idle.send("GET")
            try await RawConnection.open(address) { unfinished in
                try await unfinished.send(head("POST", "/", address, "Content-Length: 5"))
                try await RawConnection.open(address) { waiting in
                    try await waiting.send(head("GET", "/", address))
                    _ = await upstream.untilAsked()
                    try await RawConnection.open(address) { reader in
                        try await reader.send(head("GET", "/dashboard/events", address))
                        _ = try await reader.receive(until: "event: hello")
                        let start = ContinuousClock.now
                        let ended = try await process.stop()
                        #expect(ended.status == 0)
                        #expect(ended.output.split(separator: "\n").last?.hasPrefix("answered ") == true)
                        // Two seconds on a machine with nothing else to do.
                        #expect(start.duration(to: .now) < .seconds(10))
                    }
                }
            }
        }
        try await upstream.close()
    }
}
