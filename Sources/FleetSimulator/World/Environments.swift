//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// The environments, field by field: ten thousand of them are asked for one thing at a time.
struct Environments {
    enum Mode: UInt8 {
        case absent, idle, busy
    }

    var mode: [Mode]
    // Counts the processes at this index.
    var life: [UInt32]
    // Counts the invocations at this index, so that an event of an earlier one is known.
    var stamp: [UInt32]
    var skew: [Milliseconds]
    var busySince: [Milliseconds]
    var idleSince: [Milliseconds]
    var isDoomed: [Bool]
    // The luck of the call that is made.
    var luck: [SplitMix64]
    // How the call to the downstream ends, and whether it is one, and a probe.
    var outcome: [CallOutcome]
    var isCalling: [Bool]
    var isProbing: [Bool]
    // Whether the invocation's caller has had its answer, and the store is still told.
    var isAnswered: [Bool]
    // Until when the invocation waits for the answer to a look, and since when; nil: it does not.
    var waits: [(since: Milliseconds, until: Milliseconds)?]
    // Whether the store has kept the invocation waiting.
    var hasWaited: [Bool]
    // Looks that were under way when the process was frozen, and their answers.
    var frozen: [[Int32]]
    var belief: [Belief]
    var beliefs = Beliefs()
    var probes = 0
    var ownProbes = 0
    var isOwnProbe: [Bool]

    init(count: Int) {
        mode = Array(repeating: .absent, count: count)
        life = Array(repeating: 0, count: count)
        stamp = Array(repeating: 0, count: count)
        skew = Array(repeating: 0, count: count)
        busySince = Array(repeating: 0, count: count)
        idleSince = Array(repeating: 0, count: count)
        isDoomed = Array(repeating: false, count: count)
        luck = Array(repeating: SplitMix64(seed: 0), count: count)
        outcome = Array(repeating: .success, count: count)
        isCalling = Array(repeating: false, count: count)
        isProbing = Array(repeating: false, count: count)
        isAnswered = Array(repeating: true, count: count)
        waits = Array(repeating: nil, count: count)
        hasWaited = Array(repeating: false, count: count)
        frozen = Array(repeating: [], count: count)
        isOwnProbe = Array(repeating: false, count: count)
        belief = Array(repeating: .unknown, count: count)
    }

    var callsUnderWay: Int {
        mode.indices.count { mode[$0] == .busy && !isAnswered[$0] }
    }

    mutating func set(_ new: Belief, of e: Int) {
        guard belief[e] != new else { return }
        beliefs[belief[e]] -= 1
        beliefs[new] += 1
        belief[e] = new
    }

    mutating func beginProbe(_ e: Int, isOwn: Bool) {
        isProbing[e] = true
        isOwnProbe[e] = isOwn
        probes += 1
        if isOwn { ownProbes += 1 }
    }

    mutating func endProbe(_ e: Int) {
        guard isProbing[e] else { return }
        isProbing[e] = false
        probes -= 1
        if isOwnProbe[e] { ownProbes -= 1 }
    }
}

// How many environments run, by what they take the circuit for.
struct Beliefs {
    var unknown = 0
    var closed = 0
    var open = 0
    var halfOpen = 0

    var all: Int { unknown + closed + open + halfOpen }

    subscript(belief: Belief) -> Int {
        get {
            switch belief {
            case .unknown: unknown
            case .closed: closed
            case .open: open
            case .halfOpen: halfOpen
            }
        }
        set {
            switch belief {
            case .unknown: unknown = newValue
            case .closed: closed = newValue
            case .open: open = newValue
            case .halfOpen: halfOpen = newValue
            }
        }
    }
}
