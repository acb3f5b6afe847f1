//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// A request, as a local server and an event of an HTTP API both have it.
package struct ServiceRequest: Hashable, Sendable {
    package var method: String
    // As it was sent, percent-encoding and all.
    package var path: String
    package var query: String?
    package var headers: HeaderList
    package var body: [UInt8]

    package init(method: String = "GET", path: String = "/", query: String? = nil, headers: HeaderList = [:], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}
