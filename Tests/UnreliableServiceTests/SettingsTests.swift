//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing
import UnreliableService

@Suite struct SettingsTests {
    @Test func defaultsAreThoseOfThePattern() throws {
        let settings = try ServiceSettings(variables: [:])
        #expect(settings.successProbability == 0.6)
        #expect(settings.latency == .zero)
        #expect(settings.upstream == nil)
        #expect(settings.upstreamTimeout == .seconds(3))
        #expect(settings.breaker.policy == .failures(3, within: .seconds(60)))
        #expect(settings.breaker.recovery.successesToClose == 2)
        #expect(settings.breaker.recovery.openTime == .seconds(10))
    }

    @Test func variablesOverride() throws {
        let settings = try ServiceSettings(variables: [
            "SUCCESS_PROBABILITY": "0.25", "LATENCY_MS": "40", "UPSTREAM_URL": "http://127.0.0.1:9/", "UPSTREAM_TIMEOUT_MS": "500",
            "CIRCUITBREAKER_FAILURE_THRESHOLD": "7", "CIRCUITBREAKER_TIMEOUT_MS": "2000", "AWS_LAMBDA_FUNCTION_NAME": "mine",
        ])
        #expect(settings.successProbability == 0.25)
        #expect(settings.latency == .milliseconds(40))
        #expect(settings.upstream?.description == "http://127.0.0.1:9")
        #expect(settings.upstreamTimeout == .milliseconds(500))
        #expect(settings.breaker.policy == .failures(7, within: .seconds(60)))
        #expect(settings.breaker.recovery.openTime == .seconds(2))
        #expect(settings.circuit == "mine")
    }

    @Test(arguments: [
        ("SUCCESS_PROBABILITY", "1.1"), ("SUCCESS_PROBABILITY", "often"), ("SUCCESS_PROBABILITY", "nan"), ("LATENCY_MS", "-1"), ("LATENCY_MS", "1.5"),
        ("UPSTREAM_TIMEOUT_MS", "0"), ("UPSTREAM_URL", "example.com"), ("CIRCUITBREAKER_FAILURE_THRESHOLD", "0"),
    ])
    func badVariableIsNamed(name: String, value: String) {
        #expect {
            try ServiceSettings(variables: [name: value])
        } throws: { error in
            "\(error)".hasPrefix("\(name) is \"\(value)\", but must be ")
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:9000", "127.0.0.1", 9000, ""), ("https://example.com", "example.com", 443, ""), ("HTTP://a_b-c.d/", "a_b-c.d", 80, ""),
        ("http://[::1]:8080/api/v1/", "::1", 8080, "/api/v1"), ("http://[::1]", "::1", 80, ""),
    ])
    func addresses(text: String, host: String, port: Int, path: String) throws {
        let url = try UpstreamURL(text)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.basePath == path)
    }

    @Test(arguments: [
        "", "http://", "http:///x", "ftp://x", "x", "http://a b", "http://a:0", "http://a:65536", "http://a:", "http://a:x", "http://a:+80",
        "http://user@a/",
        "http://a/?q", "http://a/#f", "http://a/ b", "http://[::1", "http://[x]", "http://[::1]x", "http://[::1]x:80", "http://.", "http://ä",
        "http://a\r\nb", "http://a/b/../c", "http://a/b/%2e%2e",
    ])
    func badAddresses(text: String) {
        #expect(throws: ConfigurationError.self) { try UpstreamURL(text) }
    }

    @Test(arguments: [
        ("/x", String?.none, "http://h/base/x"), ("x", "q=1", "http://h/base/x?q=1"), ("//evil", nil, "http://h/base//evil"),
        ("*", nil, "http://h/base/*"),
    ])
    func paths(path: String, query: String?, address: String) throws {
        #expect(try UpstreamURL("http://h/base").address(path: path, query: query) == address)
    }
}

@Suite struct BasePathTests {
    private let below = "http://h/api/public"

    @Test(arguments: [
        "/../admin", "/..", "..", "/%2e%2e/admin", "/%2E%2e/", "/.%2e/x", "/a/../../../admin", "/a;b=c/../../secret", "/..;/admin", "/..;x=y/admin",
        "/a;..;b", "/%252e%252e/admin", "/%25252E%2525%32e/x", "/%%32%65%2e/x", "/..%2fadmin", "/..%2Fadmin", "/..%252fadmin", "/..%5cadmin",
        #"/..\admin"#, #"/a\..\..\b"#, "/..%3b/x", "/a%2f..%2f..", "/..%00/x", "/.%09./x", "/..%20/x", "//../x", "/./../x",
    ])
    func nothingLeadsOutOfIt(path: String) throws {
        #expect(try UpstreamURL(below).isLeft(by: path))
    }

    @Test(arguments: [
        "/", "", "/a/b", "/a..b", "/...", "/..a/b", "/a../b", "/.", "/.well-known/x", "/a.b;v=1..2/c", "/%2e%2ea", "/100%25", "/a%2Fb", "/%ff", "/%",
        "/%2",
        "/..%2541",
    ])
    func whatStaysBelowItMay(path: String) throws {
        #expect(try !UpstreamURL(below).isLeft(by: path))
    }

    @Test func withoutOneThereIsNothingToLeave() throws {
        #expect(try !UpstreamURL("http://h/").isLeft(by: "/../x"))
    }

    @Test(.timeLimit(.minutes(1))) func aLongPathIsReadOnce() throws {
        #expect(try !UpstreamURL(below).isLeft(by: "/%" + String(repeating: "25", count: 1_000_000)))
    }
}

@Suite struct HeaderListTests {
    @Test func namesHaveNoCase() {
        var headers: HeaderList = ["Set-Cookie": "a", "set-cookie": "b"]
        #expect(headers.values(of: "SET-COOKIE") == ["a", "b"])
        headers["SET-cookie"] = "c"
        #expect(headers.values(of: "set-cookie") == ["c"])
        headers["set-cookie"] = nil
        #expect(headers.fields.isEmpty)
    }

    @Test func hopByHopFieldsAreDropped() {
        let headers: HeaderList = [
            "Connection": "keep-alive, X-Hop", "Keep-Alive": "1", "x-hop": "1", "Transfer-Encoding": "chunked", "TE": "trailers", "Upgrade": "h2c",
            "Host": "h",
            "Content-Length": "3", "Proxy-Authorization": "p", "Accept": "*/*", "Authorization": "a",
        ]
        #expect(headers.endToEnd() == ["Accept": "*/*", "Authorization": "a"])
    }
}
