//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient
import CircuitBreaker

// What the page may ask for, for one circuit of one table.
struct TableOrder: Hashable, Sendable {
    enum Action: Hashable, Sendable {
        case order(CircuitOrder.Kind, seconds: Int?, why: String)
        case lift(why: String)
        case reset(why: String)
        case undo
    }

    static let longest = 30 * 86_400

    let table: Int
    let id: String
    let action: Action
    // Nil: whoever started the server.
    let by: String?
    // A person has been asked.
    let isConfirmed: Bool

    init(_ name: String, body: [UInt8], tables: Int) throws(Refusal) {
        var fields = try Fields(body)
        table = try fields.required("table", in: 0...(tables - 1))
        id = try fields.text("id", atMost: 256)
        do throws(ConfigurationError) {
            try CircuitBreaker.validate(id: id)
        } catch {
            throw Refusal(status: 400, message: "\(error)")
        }
        let by = try fields.text("by", atMost: CircuitOrder.longestText)
        self.by = by.isEmpty ? nil : by
        isConfirmed = try fields.flag("confirmed")
        switch name {
        case "order":
            guard let kind = try fields.choice("kind", of: CircuitOrder.Kind.self) else {
                throw .bad("kind", nil, Fields.list(CircuitOrder.Kind.self))
            }
            let seconds = try fields.integer("seconds", in: 1...Self.longest)
            let why = try fields.text("why", atMost: CircuitOrder.longestText)
            // An order that nobody can explain at three in the morning.
            guard !why.isEmpty else { throw .bad("why", .string(why), "a text that says why") }
            action = .order(kind, seconds: seconds, why: why)
        case "lift": action = .lift(why: try fields.text("why", atMost: CircuitOrder.longestText))
        case "reset": action = .reset(why: try fields.text("why", atMost: CircuitOrder.longestText))
        case "undo": action = .undo
        default: throw Refusal(status: 404, message: "there is no /dashboard/\(name.prefix(40)); there are order, lift, reset, undo")
        }
        try fields.checkEmpty()
    }

    func plan(by author: String) -> OrderPlan? {
        let author = by ?? author
        return switch action {
        case .order(let kind, let seconds, let why): OrderPlan(kind, for: seconds.map { .seconds($0) }, by: author, why: why)
        case .lift(let why): OrderPlan.lift(by: author, why: why)
        case .reset(let why): OrderPlan.reset(by: author, why: why)
        case .undo: nil
        }
    }
}
