//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Quotes

let breaker = try CircuitBreaker("quotes", policy: .failures(3, within: .seconds(60)))
let quotes = Quotes(breaker: breaker) { try await fetchQuote(from: "http://127.0.0.1:9000/") }

while true {
    let quote = try await quotes.next()
    print("\(breaker.view.state.rawValue): \(quote)")
    try await Task.sleep(for: .milliseconds(500))
}
