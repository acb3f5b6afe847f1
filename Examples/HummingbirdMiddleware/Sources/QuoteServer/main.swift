//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import CircuitBreaker
import CircuitBreakerDynamoDB
import Foundation
import Hummingbird
import Logging
import NIOCore
import Quotes

let environment = ProcessInfo.processInfo.environment
let logger = Logger(label: "quotes")
let upstream = environment["UPSTREAM_URL"] ?? "http://127.0.0.1:9000/"

// One process needs no table; with one, all servers act as one.
let store: any CircuitStore = environment["CIRCUITBREAKER_TABLE"] == nil ? InMemoryStore() : DynamoDBStore(logger: logger)
let breaker = try CircuitBreaker("quotes", store: store, configuration: .init(variables: environment), logger: logger)

// The shared client would go on trying when a connection is refused, which is an answer.
var clientConfiguration = HTTPClient.Configuration(timeout: .init(connect: .seconds(1)))
clientConfiguration.connectionPool.retryConnectionEstablishment = false
let client = HTTPClient(configuration: clientConfiguration)

let router = quoteRouter(breaker) { [client] in
    let answer = try await client.execute(HTTPClientRequest(url: upstream), timeout: .seconds(3))
    let body = try await answer.body.collect(upTo: 1 << 16)
    return Response(status: .init(code: Int(answer.status.code)), body: .init(byteBuffer: body))
}

let port = environment["PORT"].flatMap { Int($0) } ?? 8080
try await Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger).runService()
