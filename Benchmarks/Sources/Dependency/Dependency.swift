//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// The call that benchmarks protect: an async function of another module, which the compiler can neither inline nor take for granted.
/// - Parameter number: what it answers with.
/// - Returns: the number after it.
@inline(never)
public func call(_ number: Int) async -> Int {
    number &+ 1
}

/// The same, but it suspends once.
/// - Parameter number: what it answers with.
/// - Returns: the number after it.
@inline(never)
public func callThatSuspends(_ number: Int) async -> Int {
    await Task.yield()
    return number &+ 1
}
