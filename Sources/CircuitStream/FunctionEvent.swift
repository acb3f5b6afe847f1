//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import AWSClient

// What the function is invoked with: by the table's stream, or by a rule that says what to do.
package enum FunctionEvent: Sendable {
    case writes(StreamEvent)
    case pause(QueuePause)
    case order(AlarmOrder)

    package init(parsing bytes: [UInt8]) throws {
        let event = try JSON(parsing: bytes)
        if let pause = event["pause"] {
            self = .pause(try QueuePause(pause))
        } else if let order = event["order"] {
            self = .order(try AlarmOrder(order))
        } else {
            self = .writes(try StreamEvent(event))
        }
    }
}

// Why a rule's input cannot be obeyed.
package struct FunctionEventError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ fault: String) {
        description = "this input of a rule cannot be obeyed, since \(fault); deploy the stack again"
    }
}

extension JSON {
    func text(_ name: String, of group: String, longest: Int) throws(FunctionEventError) -> String {
        guard let text = self[name]?.string, 1...longest ~= text.utf8.count else {
            throw FunctionEventError("'\(group).\(name)' is no text of 1 to \(longest) bytes")
        }
        return text
    }

    func number(_ name: String, of group: String, within bounds: ClosedRange<Int64>) throws(FunctionEventError) -> Int64 {
        guard let number = self[name]?.integer, bounds.contains(number) else {
            throw FunctionEventError("'\(group).\(name)' is no whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }
}
