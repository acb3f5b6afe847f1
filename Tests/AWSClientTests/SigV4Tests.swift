//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import NIOHTTP1
import Testing

@testable import AWSClient

@Suite struct SigV4Tests {
    @Test func equalsBotocoreOnRandomRequests() async throws {
        var generator = SeededGenerator(seed: 20_261_124)
        let cases = (0..<500).map { _ in SigningCase(using: &generator) }
        let lines = try cases.map { String(decoding: try JSONSerialization.data(withJSONObject: $0.json), as: UTF8.self) }
        let expected: [[String: [String]]] = try await Botocore.ask("sign_with_botocore.py", lines: lines)
        #expect(expected.count == cases.count)
        for (index, pair) in zip(cases, expected).enumerated() {
            if index % 20 == 0 { await Task.yield() }
            let signed = pair.0.sign()
            for name in ["Authorization", "X-Amz-Date", "Date", "X-Amz-Security-Token"] {
                #expect(signed.headers[name] == pair.1[name], "case \(index), \(name): \(pair.0)")
            }
        }
    }

    /// The vector that AWS publishes as `get-vanilla`.
    @Test func equalsThePublishedVector() {
        let credentials = Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        let request = SigningRequest(method: "GET", host: "example.amazonaws.com", path: "/", headers: [:], body: [])
        let signed = SigV4.sign(request, credentials: credentials, region: "us-east-1", service: "service", date: 1_440_938_160_000)
        let expected =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
            + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        #expect(signed.headers["Authorization"] == [expected])
    }

    @Test func signingAgainReplacesWhatTheFirstSignatureAdded() {
        let request = SigningRequest(method: "POST", host: "h", path: "/", headers: [:], body: [1])
        let once = SigV4.sign(request, credentials: testCredentials, region: "r", service: "s", date: testTime)
        let twice = SigV4.sign(once, credentials: testCredentials, region: "r", service: "s", date: testTime)
        #expect(once.headers["Authorization"] == twice.headers["Authorization"])
        #expect(twice.headers["X-Amz-Security-Token"] == [token])
    }
}

/// A random request in a random mood.
private struct SigningCase {
    var request: SigningRequest
    var credentials: Credentials
    var region: String
    var service: String
    var date: Int64

    init(using generator: inout SeededGenerator) {
        let words = ["a", "Zz9", "~tilde", "%20", "%C3%A9", "ünïcødé", "日本", "e\u{301}", "\u{301}", "..", ".", "", "a+b", "x:y", "!$'()*,;@", "𝒳"]
        func pick(_ choices: [String]) -> String { choices.randomElement(using: &generator) ?? "" }
        func word(_ count: ClosedRange<Int>) -> String { (0..<Int.random(in: count, using: &generator)).map { _ in pick(words) }.joined() }

        let path = (0..<Int.random(in: 0...5, using: &generator)).map { _ in "/" + word(0...2) }.joined() + pick(["", "/"])
        let query = (0..<Int.random(in: 0...4, using: &generator)).map { _ in word(0...2) + pick(["=", "", "==", "=v&"]) + word(0...1) }
        let spaces = [" ", "  ", "\t", "", "\u{a0}", " \u{3000} ", "\u{1f}"]
        var headers = HTTPHeaders()
        let names = [
            "X-Custom", "x-custom", "Content-Type", "X-Amz-Target", "User-Agent", "Connection", "X-Amzn-Trace-Id", "X_Under", "Zed", "a",
            "Transfer-Encoding", "X-Amz-Date", "Authorization", "X-Amz-Security-Token", "TE", "X-Amz-Meta-Ü".filter(\.isASCII),
        ]
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            headers.add(name: pick(names), value: pick(spaces) + word(0...2) + pick(spaces) + word(0...1) + pick(spaces))
        }
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: headers.add(name: "Date", value: "whenever")
        case 1: headers.add(name: "X-Amz-Content-SHA256", value: "UNSIGNED-PAYLOAD")
        case 2: headers.add(name: "Host", value: "Other.Example:99")
        default: break
        }
        let bytes = (0..<pickCount(using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        request = SigningRequest(
            method: pick(["GET", "POST", "put", "DELETE"]),
            host: pick(["dynamodb.eu-west-1.amazonaws.com", "localhost:8000", "[::1]:4566", "127.0.0.1"]),
            path: path,
            query: query.joined(separator: "&"),
            headers: headers,
            body: bytes
        )
        credentials = Credentials(
            accessKeyID: pick(["AKIDEXAMPLE", "ASIA" + String(repeating: "X", count: 16)]),
            secretAccessKey: String(repeating: pick(["s", "/K+", "é"]), count: pickCount(using: &generator) + 1),
            sessionToken: pick(["", "token", String(repeating: "FwoGZXIv/+=", count: 90)])
        )
        region = pick(["eu-west-1", "us-gov-east-1", "cn-north-1"])
        service = pick(["dynamodb", "sqs", "execute-api"])
        date = Int64.random(in: 0..<4_102_444_800_000, using: &generator)
    }

    func sign() -> SigningRequest {
        SigV4.sign(request, credentials: self.credentials, region: self.region, service: self.service, date: self.date)
    }

    var json: [String: Any] {
        let query = request.query.isEmpty ? "" : "?" + request.query
        return [
            "method": request.method, "url": "http://\(request.host)\(request.path)\(query)",
            "headers": request.headers.map { [$0.name, $0.value] }, "body": Data(request.body).base64EncodedString(),
            "accessKeyID": credentials.accessKeyID, "secretAccessKey": credentials.secretAccessKey,
            "sessionToken": credentials.sessionToken as Any? ?? NSNull(), "region": region, "service": service, "date": date,
        ]
    }
}

private func pickCount(using generator: inout SeededGenerator) -> Int {
    [0, 1, 19, 20, 60, 61, 64, 65, 200].randomElement(using: &generator) ?? 0
}
