//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import HTTPTypes
import Hummingbird
import LoopbackAccess
import NIOCore
import UnreliableService

extension ServiceRequest {
    // As much as a function's event has room for.
    static let largestBody = 6 << 20

    // Throws `Refusal` for a body that is too large or broken.
    init(_ request: Request) async throws(Refusal) {
        let target = request.head.path ?? "/"
        let path = target.prefix { $0 != "?" }
        var headers = HeaderList()
        if let authority = request.head.authority { headers.add("Host", authority) }
        for field in request.headers { headers.add(field.name.rawName, field.value) }
        let tooLarge = Refusal(status: 413, message: "the body is too large: a request has at most \(Self.largestBody) bytes")
        // Before the client is asked for it.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.largestBody { throw tooLarge }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.largestBody)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch {
            throw Refusal(status: 400, message: "the body cannot be read: \(error)")
        }
        self.init(
            method: request.method.rawValue,
            path: String(path),
            query: path.endIndex == target.endIndex ? nil : String(target[path.endIndex...].dropFirst()),
            headers: headers,
            body: Array(body.readableBytesView)
        )
    }
}

extension LoopbackAccess {
    init(_ request: Request, from remoteAddress: String?) {
        self.init(remoteAddress: remoteAddress, host: request.head.authority) { name in HTTPField.Name(name).flatMap { request.headers[$0] } }
    }
}

extension Response {
    init(_ response: ServiceResponse) {
        var headers = HTTPFields()
        for field in response.headers.fields {
            if let name = HTTPField.Name(field.name) { headers.append(HTTPField(name: name, value: field.value)) }
        }
        self.init(status: .init(code: response.status), headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
    }
}
