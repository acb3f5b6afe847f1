//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// An event that could not be made of its payload.
struct MalformedEvent: Error, CustomStringConvertible {
    let description: String

    init(_ event: Any.Type, _ error: any Error) {
        let reason = (error as? DecodingError).map(Self.describe) ?? "\(error)"
        description = "the event is no valid \(event): \(reason)"
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "'\(key.stringValue)' is missing\(Self.place(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.debugDescription + Self.place(context)
        @unknown default: "\(error)"
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        guard !context.codingPath.isEmpty else { return "" }
        return " (in '\(context.codingPath.map(\.stringValue).joined(separator: "."))')"
    }
}
