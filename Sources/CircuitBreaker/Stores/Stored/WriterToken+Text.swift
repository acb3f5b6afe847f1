//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// Tokens and slots as one text each, so that a condition can compare the whole.
extension WriterToken {
    package var text: String { "\(String(nonce, radix: 36)) \(environment.rawValue)" }

    package init?(text: some StringProtocol) {
        guard let space = text.firstIndex(of: " "), let nonce = UInt64(text[..<space], radix: 36) else { return nil }
        self.init(environment: EnvironmentID(rawValue: String(text[text.index(after: space)...])), nonce: nonce)
    }
}

extension ProbeSlot {
    package var text: String { "\(String(leaseEnd.milliseconds, radix: 36)) \(holder.text)" }

    package init?(text: String) {
        guard let space = text.firstIndex(of: " "), let leaseEnd = Int64(text[..<space], radix: 36),
            let holder = WriterToken(text: text[text.index(after: space)...])
        else { return nil }
        self.init(holder: holder, leaseEnd: Timestamp(milliseconds: leaseEnd))
        // Written otherwise, it would never equal what a condition says, and no one could reclaim it.
        guard self.text == text else { return nil }
    }
}
