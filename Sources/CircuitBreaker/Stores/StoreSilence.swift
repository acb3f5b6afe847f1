//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Synchronization

// A store that is silent is silent for all circuits of a process: the first to find out waits for its answer, the others do not.
final class StoreSilence: Sendable {
    private struct Known {
        weak var silence: StoreSilence?
    }

    // By the store's identity. A breaker keeps both alive, so no identity is another's while its entry is.
    private static let known = Mutex<[ObjectIdentifier: Known]>([:])

    private let silent = Atomic<UInt8>(0)

    // One for each store; a store that is a value has no identity, and gets one of its own.
    static func of(_ store: any CircuitStore) -> StoreSilence {
        guard type(of: store) is AnyClass else { return StoreSilence() }
        let identity = ObjectIdentifier(store as AnyObject)
        return known.withLock { known in
            if let silence = known[identity]?.silence { return silence }
            known = known.filter { $0.value.silence != nil }
            let silence = StoreSilence()
            known[identity] = Known(silence: silence)
            return silence
        }
    }

    var kinds: StoreHealth.Kinds { .init(rawValue: silent.load(ordering: .relaxed)) }

    func note(_ kinds: StoreHealth.Kinds) {
        if !kinds.isEmpty { silent.bitwiseOr(kinds.rawValue, ordering: .relaxed) }
    }

    // It has answered.
    func end(_ kind: StoreHealth.Kind) {
        if kinds.contains(kind) { silent.bitwiseAnd(~kind.rawValue, ordering: .relaxed) }
    }
}
