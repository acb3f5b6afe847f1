//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import LambdaRuntime
import UnreliableService

extension APIGatewayV2Response {
    // Text goes as it is, for the sake of those who read events; all else in base64.
    init(_ response: ServiceResponse) {
        var headers: [String: String] = [:]
        for field in response.headers.fields where field.name.lowercased() != "set-cookie" {
            let name = field.name.lowercased()
            let value = FieldBytes.readable(field.value)
            headers[name] = headers[name].map { "\($0), \(value)" } ?? value
        }
        let cookies = response.headers.values(of: "set-cookie").map(FieldBytes.readable)
        if let text = String(validating: response.body, as: UTF8.self) {
            self.init(statusCode: response.status, headers: headers, body: text, cookies: cookies.isEmpty ? nil : cookies)
        } else {
            self.init(statusCode: response.status, headers: headers, bytes: response.body, cookies: cookies.isEmpty ? nil : cookies)
        }
    }
}
