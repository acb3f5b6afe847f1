//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

// Asks, and counts the answers by their message.
actor LoadClient {
    struct Counts: Decodable {
        var answers: [String: Int]
        var outcomes: [String: Int]
        var environments: [String: Int]
        var fallbacks: Int
        var throttled: Int
    }

    private struct Message: Decodable {
        var message: String
    }

    private(set) var answers: [String: Int] = [:]
    private let client: HTTPClient

    init() {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1000
        client = HTTPClient(configuration: configuration)
    }

    deinit {
        // A client that was not shut down stops the process.
        let client = client
        Task { try? await client.shutdown() }
    }

    func close() async {
        try? await client.shutdown()
    }

    // The status. What is not a message counts as the first word of it.
    func get(_ address: String, method: String = "GET") async throws -> Int {
        let (status, body) = try await fetch(address, method)
        let message = (try? JSONDecoder().decode(Message.self, from: body))?.message
        let word = message ?? String(decoding: body, as: UTF8.self).split { !$0.isLetter }.first.map(String.init) ?? ""
        answers[word, default: 0] += 1
        return status
    }

    func counts(_ address: String) async throws -> Counts {
        try JSONDecoder().decode(Counts.self, from: try await fetch(address + "/_breaker/counts").1)
    }

    static func counts(of address: String) async throws -> Counts {
        let client = LoadClient()
        let counts = try await client.counts(address)
        await client.close()
        return counts
    }

    private func fetch(_ address: String, _ method: String = "GET") async throws -> (Int, Data) {
        var request = HTTPClientRequest(url: address)
        request.method = HTTPMethod(rawValue: method)
        let response = try await client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 20)
        return (Int(response.status.code), Data(body.readableBytesView))
    }
}
