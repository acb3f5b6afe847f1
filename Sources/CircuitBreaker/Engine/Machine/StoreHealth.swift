//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What an environment knows of the store itself, for each kind of verb: a store that can be read need not be one that can be written.
package struct StoreHealth: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable {
        case reads = 1
        case writes = 2
    }

    package struct Kinds: OptionSet, Hashable, Sendable {
        package var rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package init(_ kind: Kind) { self.init(rawValue: kind.rawValue) }

        package func contains(_ kind: Kind) -> Bool { contains(Kinds(kind)) }
    }

    // More than one failure, or one that says it is final; and something still fails.
    package private(set) var isLost = false
    package internal(set) var reads = VerbHealth()
    package internal(set) var writes = VerbHealth()
    // Failures that came one after the other.
    private var losses = 0
    // The last request that had been sent when the last of them was heard of.
    var heardAt: UInt64 = 0

    // The view is as old as it is, and nobody can say what became of the record.
    package var failsToRead: Bool { reads.fails }
    // What happens here cannot be told to the others.
    package var failsToWrite: Bool { writes.fails }
    package var isFailing: Bool { failsToRead || failsToWrite }
    // Throttled reads say nothing about writes, which have a limit of their own: what happens here is still reported. Reads that fail in any other way
    // leave writes in doubt, and a write that is in doubt is not worth waiting for.
    private var areWritesInDoubt: Bool { reads.isMoreThanThrottled }
    package func fails(_ kind: Kind) -> Bool { kind == .reads ? failsToRead : failsToWrite || areWritesInDoubt }
    // What a call has waited for in vain.
    package var silentKinds: Kinds { (reads.isSilent ? Kinds(.reads) : []).union(writes.isSilent ? Kinds(.writes) : []) }
    // It answers, but asks for fewer requests.
    var isOnlyThrottled: Bool { reads.isOnlyThrottled && writes.isOnlyThrottled }

    package func canRead(at now: Timestamp) -> Bool { reads.isUsable(at: now) }

    // While writes are in doubt, they are left alone as long as reads are: one of the two is enough to find out.
    package func canWrite(at now: Timestamp) -> Bool { (!areWritesInDoubt || reads.isUsable(at: now)) && writes.isUsable(at: now) }

    mutating func succeeded(_ kind: Kind) {
        self[kind] = VerbHealth()
        guard !isFailing else { return }
        isLost = false
        losses = 0
    }

    // Requests that were under way together fail for one reason.
    mutating func failed(
        _ kind: Kind,
        number: UInt64,
        isThrottled: Bool,
        isFinal: Bool,
        lastRequest: UInt64,
        retryInterval: Int64,
        at now: Timestamp
    ) {
        if losses == 0 || number > heardAt {
            losses = min(losses + (isFinal ? 2 : 1), 2)
            heardAt = lastRequest
        } else if self[kind].failures > 0 {
            return
        }
        isLost = losses > 1
        self[kind].failed(isThrottled: isThrottled, retryInterval: retryInterval, at: now)
    }

    // The random share keeps a fleet that was throttled together from coming back together.
    mutating func throttled(_ kind: Kind, maxViewAge: Int64, random: Double, at now: Timestamp) {
        self[kind].throttled(first: kind == .reads ? maxViewAge : 0, maxViewAge: maxViewAge, random: random, at: now)
    }

    subscript(kind: Kind) -> VerbHealth {
        get { kind == .reads ? reads : writes }
        set { if kind == .reads { reads = newValue } else { writes = newValue } }
    }
}

extension StoreAction {
    var kind: StoreHealth.Kind {
        if case .read = self { .reads } else { .writes }
    }
}
