//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import Testing

@testable import LambdaRuntime

struct APIGatewayV2Tests {
    func request(_ json: String) throws -> APIGatewayV2Request {
        try JSONDecoder().decode(APIGatewayV2Request.self, from: Data(json.utf8))
    }

    @Test func fromAPIGateway() throws {
        let request = try request(
            """
            {"version":"2.0","routeKey":"GET /quotes/{id}","rawPath":"/prod/quotes/7","rawQueryString":"a=1&a=2&b=%20",
            "cookies":["s=1","t=2"],"headers":{"accept":"*/*","x-forwarded-for":"192.0.2.1","x-two":"a,b"},
            "queryStringParameters":{"a":"1,2","b":" "},"pathParameters":{"id":"7"},"stageVariables":{"x":"y"},
            "requestContext":{"accountId":"123456789012","apiId":"abc","domainName":"abc.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix":"abc","authorizer":{"jwt":{"claims":{"sub":"me"},"scopes":null}},"authentication":null,
            "http":{"method":"GET","path":"/prod/quotes/7","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"curl/8"},
            "requestId":"JKJaXmPLvHcESHA=","routeKey":"GET /quotes/{id}","stage":"prod","time":"10/Mar/2026:05:16:23 +0000",
            "timeEpoch":1583817383220},"isBase64Encoded":false}
            """
        )
        #expect(request.routeKey == "GET /quotes/{id}")
        #expect(request.rawPath == "/prod/quotes/7")
        #expect(request.rawQueryString == "a=1&a=2&b=%20")
        #expect(request.cookies == ["s=1", "t=2"])
        #expect(request.header("Accept") == "*/*")
        #expect(request.header("x-three") == nil)
        #expect(request.queryStringParameters == ["a": "1,2", "b": " "])
        #expect(request.pathParameters == ["id": "7"])
        #expect(request.context.apiID == "abc")
        #expect(request.context.requestID == "JKJaXmPLvHcESHA=")
        #expect(request.context.stage == "prod")
        #expect(request.context.http.method == "GET")
        #expect(request.context.http.path == "/prod/quotes/7")
        #expect(request.context.http.sourceIP == "192.0.2.1")
        #expect(request.context.http.userAgent == "curl/8")
        #expect(request.body == nil)
        #expect(try request.bodyBytes() == [])
    }

    @Test func fromAnEmulatorWithoutCookiesAndForwardedHeaders() throws {
        let request = try request(
            """
            {"version":"2.0","routeKey":"$default","rawPath":"/","rawQueryString":"",
            "headers":{"host":"abc.execute-api.127.0.0.1:4567","User-Agent":"curl/8","content-type":"application/octet-stream"},
            "requestContext":{"accountId":"000000000000","apiId":"abc","domainName":"abc.execute-api.127.0.0.1",
            "http":{"method":"POST","path":"/","protocol":"HTTP/1.1","sourceIp":"127.0.0.1","userAgent":""},
            "requestId":"6f6f","routeKey":"$default","stage":"$default","time":"24/Nov/2026:06:00:00 +0000","timeEpoch":1795500000000},
            "pathParameters":null,"isBase64Encoded":true,"body":"AP+AeA=="}
            """
        )
        #expect(request.cookies.isEmpty)
        #expect(request.queryStringParameters.isEmpty)
        #expect(request.pathParameters.isEmpty)
        #expect(request.header("user-agent") == "curl/8")
        #expect(try request.bodyBytes() == [0, 255, 128, 120])
    }

    @Test func needsNoMoreThanPathAndMethod() throws {
        let request = try request(#"{"rawPath":"/x","requestContext":{"http":{"method":"GET"}},"body":"ä"}"#)
        #expect(request.headers.isEmpty)
        #expect(request.rawQueryString.isEmpty)
        #expect(try request.bodyBytes() == Array("ä".utf8))
        #expect(throws: DecodingError.self) { try self.request(#"{"requestContext":{"http":{"method":"GET"}}}"#) }
        #expect(throws: DecodingError.self) { try self.request(#"{"rawPath":"/x","requestContext":{"http":{}}}"#) }
        #expect(throws: DecodingError.self) { try self.request(#"{"rawPath":"/x"}"#) }
    }

    @Test func aBodyThatIsNotBase64IsAnError() throws {
        let request = try request(#"{"rawPath":"/","requestContext":{"http":{"method":"GET"}},"body":"?","isBase64Encoded":true}"#)
        #expect(throws: APIGatewayV2Request.InvalidBase64()) { try request.bodyBytes() }
    }

    @Test func responsesHaveOnlyWhatIsSet() throws {
        func json(_ response: APIGatewayV2Response) throws -> NSDictionary {
            try object(String(decoding: try JSONEncoder().encode(response), as: UTF8.self)) as NSDictionary
        }
        #expect(try json(APIGatewayV2Response(statusCode: 204)) == ["statusCode": 204])
        #expect(
            try json(APIGatewayV2Response(statusCode: 200, headers: ["content-type": "text/plain"], body: "ä", cookies: ["s=1"]))
                == ["statusCode": 200, "headers": ["content-type": "text/plain"], "body": "ä", "cookies": ["s=1"]]
        )
        #expect(
            try json(APIGatewayV2Response(statusCode: 200, bytes: [0, 255, 128, 120]))
                == ["statusCode": 200, "body": "AP+AeA==", "isBase64Encoded": true]
        )
    }
}
