//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
extension String {
    // Appends `text` as a JSON string, quotes included.
    package mutating func appendJSON(_ text: String) {
        self += "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { self += "\\" }
            appendEscaped(scalar)
        }
        self += "\""
    }
}
