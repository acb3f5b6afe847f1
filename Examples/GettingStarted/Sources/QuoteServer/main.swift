//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Hummingbird
import Quotes

let breaker = try CircuitBreaker("quotes", policy: .failures(3, within: .seconds(60)))
let quotes = Quotes(breaker: breaker) { try await fetchQuote(from: "http://127.0.0.1:9000/") }

let router = Router()
router.get("/quote") { [quotes] _, _ in try await quotes.next() }
router.get("/circuit") { [breaker] _, _ in breaker.view.state.rawValue }

try await Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 8080))).runService()
