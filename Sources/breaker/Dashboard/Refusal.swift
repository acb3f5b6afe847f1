//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import LoopbackAccess

// Why a request to the dashboard changes nothing.
struct Refusal: Error, Hashable {
    var status: Int
    var message: String

    static func unless(_ check: () throws(LoopbackAccess.Denied) -> Void) throws(Refusal) {
        do throws(LoopbackAccess.Denied) {
            try check()
        } catch {
            throw Refusal(status: 403, message: error.description)
        }
    }

    static func bad(_ field: String, _ value: JSON?, _ allowed: String) -> Refusal {
        let shown = value.map { "\($0)" } ?? "missing"
        let text = shown.count > 80 ? "\(shown.prefix(80))…" : shown
        return Refusal(status: 400, message: "\(field) is \(text), but must be \(allowed)")
    }

    var json: JSON { ["error": .string(message)] }
}
