//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

extension Dashboard {
    static let mostListeners = 32

    func events(_ request: Request) throws(Refusal) -> Response {
        guard let listener = Listener.open(self) else { throw Refusal(status: 503, message: "\(Self.mostListeners) pages are open already") }
        let last = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
        let cursor = position(last ?? request.uri.queryParameters["after"].map { String($0) } ?? "")
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: request.method == .head ? ResponseBody() : ResponseBody(asyncSequence: EventStream(listener: listener, cursor: cursor))
        )
    }

    private func position(_ id: String) -> Story.Cursor? {
        let parts = id.split(separator: ":")
        guard parts.count == 3, parts[0] == instance, let slice = Int64(parts[1]), let event = Int(parts[2]) else { return nil }
        // Nobody has seen what is still to come.
        guard slice >= 0, slice < Story.index(at: clock.now) else { return nil }
        return Story.Cursor(slice: slice, event: event)
    }
}

// An open page: counted as long as its stream lives.
final class Listener: Sendable {
    let dashboard: Dashboard

    // Nil: there are as many as there may be.
    static func open(_ dashboard: Dashboard) -> Listener? {
        let isOpen = dashboard.listeners.withLock { count in
            guard count < Dashboard.mostListeners else { return false }
            count += 1
            return true
        }
        return isOpen ? Listener(dashboard) : nil
    }

    private init(_ dashboard: Dashboard) {
        self.dashboard = dashboard
    }

    deinit {
        dashboard.listeners.withLock { $0 -= 1 }
    }
}
