//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
// What is to happen and when. Events of the same millisecond come in the order in which they were added.
struct Event {
    enum Kind: UInt8 {
        case started, callEnded, died, released, recycled, idled, waitEnded
        case requestArrived, replyArrived, requestTimedOut
    }

    var kind: Kind
    // An environment, or a request to the store.
    var index: Int32
    // Which of the environment's invocations it belongs to.
    var stamp: UInt32 = 0
}

// A wheel with a list per millisecond; what is further ahead than the wheel reaches waits in a heap.
struct EventQueue {
    private struct Node {
        var event: Event
        var next: Int32
    }

    private struct Far {
        var time: Milliseconds
        var order: UInt64
        var event: Event

        func comes(before other: Far) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    private static let span: Milliseconds = 1 << 14
    private var heads = [Int32](repeating: -1, count: Int(span))
    private var tails = [Int32](repeating: -1, count: Int(span))
    private var nodes: [Node] = []
    private var free: Int32 = -1
    private var far: [Far] = []
    private var added: UInt64 = 0
    private(set) var now: Milliseconds = 0

    mutating func add(_ kind: Event.Kind, _ index: Int, stamp: UInt32 = 0, at time: Milliseconds) {
        let event = Event(kind: kind, index: Int32(truncatingIfNeeded: index), stamp: stamp)
        let time = max(time, now)
        if time - now < Self.span { append(event, at: time) } else { push(event, at: time) }
    }

    // The next event of this millisecond.
    mutating func next() -> Event? {
        let slot = Int(now & (Self.span - 1))
        let node = heads[slot]
        guard node >= 0 else { return nil }
        let event = nodes[Int(node)].event
        heads[slot] = nodes[Int(node)].next
        if heads[slot] < 0 { tails[slot] = -1 }
        nodes[Int(node)].next = free
        free = node
        return event
    }

    mutating func advance() {
        now += 1
        while let first = far.first, first.time - now < Self.span {
            append(first.event, at: first.time)
            popFar()
        }
    }

    private mutating func append(_ event: Event, at time: Milliseconds) {
        let node: Int32
        if free >= 0 {
            node = free
            free = nodes[Int(node)].next
            nodes[Int(node)] = Node(event: event, next: -1)
        } else {
            node = Int32(nodes.count)
            nodes.append(Node(event: event, next: -1))
        }
        let slot = Int(time & (Self.span - 1))
        if tails[slot] >= 0 { nodes[Int(tails[slot])].next = node } else { heads[slot] = node }
        tails[slot] = node
    }

    private mutating func push(_ event: Event, at time: Milliseconds) {
        added += 1
        far.append(Far(time: time, order: added, event: event))
        var child = far.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard far[child].comes(before: far[parent]) else { return }
            far.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func popFar() {
        far.swapAt(0, far.count - 1)
        far.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < far.count && far[child].comes(before: far[least]) { least = child }
            guard least != parent else { return }
            far.swapAt(parent, least)
            parent = least
        }
    }
}
