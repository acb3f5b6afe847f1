//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import CircuitSidecar
import Testing

@Suite("The table of permits")
struct PermitTableTests {
    @Test("it does in any order what a plain list does", arguments: 1...20)
    func model(seed: UInt64) {
        var random = SplitMix(state: seed)
        var table = PermitTable<UInt64>(capacity: 50)
        var model: [(number: UInt64, circuit: String, end: Int64)] = []
        var now: Int64 = 0
        for step in 0..<5000 {
            now += Int64.random(in: 0...3, using: &random)
            let circuit = String("abcdef".randomElement(using: &random) ?? "a")
            switch Int.random(in: 0..<100, using: &random) {
            case ..<55:
                let end = now + Int64.random(in: 1...200, using: &random)
                let (number, displaced) = table.add(UInt64(step), of: circuit, until: Timestamp(milliseconds: end))
                #expect((displaced != nil) == (model.count == 50))
                if model.count == 50 { model.removeFirst() }
                model.append((number, circuit, end))
            case ..<75:
                let number = UInt64.random(in: 0...UInt64(step), using: &random)
                let index = model.firstIndex { $0.number == number && $0.circuit == circuit }
                #expect((table.take(number, of: circuit) != nil) == (index != nil))
                if let index { model.remove(at: index) }
            case ..<95:
                let index = model.firstIndex { $0.circuit == circuit }
                #expect((table.takeOldest(of: circuit) != nil) == (index != nil))
                if let index {
                    #expect(table.take(model[index].number, of: circuit) == nil)
                    model.remove(at: index)
                }
            default:
                #expect(table.takeLapsed(at: Timestamp(milliseconds: now)).count == model.count { $0.end <= now })
                model.removeAll { $0.end <= now }
            }
            #expect(table.count == model.count)
            #expect(table.count(of: circuit) == model.count { $0.circuit == circuit })
        }
        #expect(table.takeAll().count == model.count)
        #expect(table.count == 0)
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
