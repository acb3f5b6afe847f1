//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import SafeText

/// What is reported to Lambda about an error.
struct ErrorReport: Error, CustomStringConvertible {
    let type: String
    let message: String

    init(type: String, message: String) {
        self.type = type
        self.message = message
    }

    init(_ error: any Error) {
        type = error is MalformedEvent ? Self.malformedEvent : String(describing: Swift.type(of: error))
        message = String(describing: error)
    }

    static let malformedEvent = "Runtime.MalformedEvent"

    var isMalformedEvent: Bool { type == Self.malformedEvent }

    /// The type as a header value: a Swift type may be named with any letters, a header may not.
    var headerValue: String {
        String(type.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_") ? $0 : "_" })
    }

    var json: [UInt8] {
        var text = "{\"errorMessage\":"
        text.appendJSON(message)
        text += ",\"errorType\":"
        text.appendJSON(type)
        text += ",\"stackTrace\":[]}"
        return [UInt8](text.utf8)
    }

    var description: String { "\(type): \(message)" }
}
