//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import LambdaRuntime
import Testing
import UnreliableService

@testable import UnreliableFunction

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Events of the HTTP API, as the service sees them")
struct EventTests {
    private func request(_ members: String, path: String = "/") throws -> ServiceRequest {
        let text = #"{"rawPath":"\#(path)","requestContext":{"http":{"method":"PUT"}}\#(members)}"#
        return try ServiceRequest(try JSONDecoder().decode(APIGatewayV2Request.self, from: Data(text.utf8)))
    }

    @Test("method, path, query, headers, cookies and body are those of the request")
    func everything() throws {
        let request = try request(
            #","rawQueryString":"a=1&b=%20","cookies":["x=1","y=2"],"headers":{"accept":"text/plain","x-two":"a,b"},"body":"text""#,
            path: "/a/b"
        )
        #expect(request.method == "PUT" && request.path == "/a/b" && request.query == "a=1&b=%20")
        #expect(request.headers["Accept"] == "text/plain" && request.headers["x-two"] == "a,b" && request.headers["cookie"] == "x=1; y=2")
        #expect(request.body == Array("text".utf8))
    }

    @Test(
        "a stage other than $default is no part of the path",
        arguments: [
            ("prod", "/prod/my/path", "/my/path"), ("prod", "/prod", "/"), ("prod", "/prod/", "/"), ("prod", "/production/x", "/production/x"),
            ("prod", "/prod/prod/x", "/prod/x"), ("prod", "/other", "/other"), ("$default", "/$default/x", "/$default/x"), ("", "/x", "/x"),
            ("prod", "/prod/../x", "/../x"),
        ]
    )
    func stage(stage: String, raw: String, path: String) throws {
        let text = #"{"rawPath":"\#(raw)","requestContext":{"stage":"\#(stage)","http":{"method":"GET"}}}"#
        #expect(try ServiceRequest(JSONDecoder().decode(APIGatewayV2Request.self, from: Data(text.utf8))).path == path)
    }

    @Test("what is absent is empty")
    func nothing() throws {
        let request = try request("")
        #expect(request == ServiceRequest(method: "PUT", path: "/"))
    }

    @Test("no character of a header is taken for a byte")
    func privateUse() throws {
        let value = try request(",\"headers\":{\"x\":\"a\u{F7E9}é\"}").headers["x"]
        #expect(value == "a\u{F7EF}\u{F79F}\u{F7A9}é")
    }

    @Test("a body in base64 is decoded, and one that is not is an error")
    func base64() throws {
        #expect(try request(#","body":"/wA=","isBase64Encoded":true"#).body == [0xFF, 0])
        #expect(throws: APIGatewayV2Request.InvalidBase64.self) { try request(#","body":"?","isBase64Encoded":true"#) }
    }

    @Test(
        "a path that API Gateway decoded is encoded again, so that it stays one path",
        arguments: [
            ("/a b", "/a%20b"), ("/ü", "/%C3%BC"), ("/a?b#c", "/a%3Fb%23c"), ("/100%", "/100%25"), ("/%2", "/%252"), ("/%zz", "/%25zz"),
            ("/a%2Fb", "/a%2Fb"), ("/a:b@c;d=e,f~g(h)", "/a:b@c;d=e,f~g(h)"), (#"/a\r\nHost: x"#, "/a%0D%0AHost:%20x"),
        ]
    )
    func paths(raw: String, path: String) throws {
        #expect(try request("", path: raw).path == path)
    }
}

@Suite("Answers of the service, as the HTTP API takes them")
struct AnswerTests {
    @Test("text goes as text")
    func text() {
        let answer = APIGatewayV2Response(ServiceResponse(message: "Fallback", outcome: .rejected))
        #expect(answer == APIGatewayV2Response(statusCode: 200, headers: ["content-type": "application/json"], body: #"{"message":"Fallback"}"#))
        #expect(answer.isBase64Encoded == nil)
    }

    @Test("all else goes in base64")
    func bytes() {
        let answer = APIGatewayV2Response(ServiceResponse(status: 404, body: [0xFF, 0]))
        #expect(answer == APIGatewayV2Response(statusCode: 404, headers: [:], bytes: [0xFF, 0]))
        #expect(answer.body == "/wA=" && answer.isBase64Encoded == true)
    }

    @Test("bytes that are no text are read as ISO 8859-1")
    func fieldBytes() {
        let answer = APIGatewayV2Response(ServiceResponse(headers: ["X": "caf\u{F7E9} é"]))
        #expect(answer.headers == ["x": "café é"])
    }

    @Test("headers of one name are joined, cookies are kept apart")
    func headers() {
        let answer = APIGatewayV2Response(ServiceResponse(headers: ["Vary": "a", "Set-Cookie": "x=1", "vary": "b", "set-cookie": "y=2"]))
        #expect(answer.headers == ["vary": "a, b"])
        #expect(answer.cookies == ["x=1", "y=2"])
    }
}
