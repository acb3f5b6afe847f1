//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import LambdaRuntime
import UnreliableService

extension ServiceRequest {
    // The request that API Gateway made the event of.
    init(_ event: APIGatewayV2Request) throws {
        var headers = HeaderList()
        for (name, value) in event.headers.sorted(by: { $0.key < $1.key }) { headers.add(name, FieldBytes.encoded(value)) }
        // They are taken out of the headers of the event.
        if !event.cookies.isEmpty { headers["Cookie"] = event.cookies.joined(separator: "; ") }
        self.init(
            method: event.context.http.method,
            path: Self.encoded(event.pathInStage),
            query: event.rawQueryString.isEmpty ? nil : event.rawQueryString,
            headers: headers,
            body: try event.bodyBytes()
        )
    }

    // API Gateway decodes the path; what a path cannot hold is encoded again.
    private static func encoded(_ path: String) -> String {
        var text = ""
        let bytes = Array(path.utf8)
        for (index, byte) in bytes.enumerated() {
            let isEscape = byte == UInt8(ascii: "%") && bytes.dropFirst(index + 1).prefix(2).count(where: \.isHexDigit) == 2
            if isEscape || allowed.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%"
                text += String(byte >> 4, radix: 16, uppercase: true)
                text += String(byte & 15, radix: 16, uppercase: true)
            }
        }
        return text
    }

    // Those of RFC 3986, 3.3.
    private static let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/".utf8)
}

extension APIGatewayV2Request {
    // Without the stage, which is a matter of the API alone.
    fileprivate var pathInStage: String {
        guard let stage = context.stage, stage != "$default", !stage.isEmpty else { return rawPath }
        if rawPath == "/\(stage)" { return "/" }
        return rawPath.hasPrefix("/\(stage)/") ? String(rawPath.dropFirst(stage.count + 1)) : rawPath
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool { Character(Unicode.Scalar(self)).isHexDigit }
}
