//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import Testing

@testable import AWSClient

@Suite struct JSONTests {
    @Test(arguments: [
        (#"{"a":[1,2.50,-0,1e999,true,false,null,"x"]}"#, #"{"a":[1,2.50,-0,1e999,true,false,null,"x"]}"#),
        (" [ ] ", "[]"), (" { } ", "{}"), (#""\u00e9\ud83d\ude00\/\b\f\n\r\t\\\"""#, #""é😀/\u0008\u000c\u000a\u000d\u0009\\\"""#),
        (#"{"b":1,"a":2,"b":3}"#, #"{"a":2,"b":3}"#), ("123456789012345678901234567890", "123456789012345678901234567890"),
    ])
    func readsAndWrites(text: String, expected: String) throws {
        #expect(try JSON(parsing: Array(text.utf8)).description == expected)
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1,]", "{\"a\":1,}", "{\"a\"}", "{1:2}", "01", "1.", ".5", "1e", "+1", "--1", "nul", "truex", "\"", "\"\\", "\"\\u12",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\x\"", "\"a\nb\"", "1 2", "{} {}", "NaN", "Infinity", "'a'", "\u{feff}1",
        "\"\\u00zz\"", "\"\\u００11\"",
    ])
    func refuses(text: String) {
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test func refusesStringsNotInUTF8() {
        for bytes: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF5, 0x80, 0x80, 0x80]] {
            #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: [0x22] + bytes + [0x22]) }
        }
    }

    @Test func boundsTheDepth() throws {
        let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        #expect(throws: Never.self) { try JSON(parsing: Array(deep.utf8)) }
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: Array("[\(deep)]".utf8)) }
        for opener in ["[", "{\"a\":"] {
            let tooDeep = String(repeating: opener, count: 100_000)
            #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: Array(tooDeep.utf8)) }
        }
    }

    @Test func keepsNumbersAsTheyAre() throws {
        let value = try JSON(parsing: Array("[9223372036854775807,9223372036854775808,1.5,1e400]".utf8))
        #expect(value.array?.map(\.integer) == [.max, nil, nil, nil])
        guard case .number(let huge) = value.array?.last else { throw TestFailure("no number") }
        #expect(huge.double == .infinity)
    }

    @Test func agreesWithFoundationOnRandomText() async {
        var generator = SeededGenerator(seed: 7)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "d83d", "\\ude00", "0", "1", "-", ".", "e", "true", "null", "false", " ", "\"a\"", "é",
            "\"a\":",
        ]
        var accepted = 0
        for round in 0..<5_000 {
            if round % 20 == 0 { await Task.yield() }
            let text = (0..<Int.random(in: 1...8, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let ours = try? JSON(parsing: Array(text.utf8))
            let theirs = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            #expect((ours == nil) == (theirs == nil), "\(text.debugDescription)")
            accepted += ours == nil ? 0 : 1
        }
        #expect(accepted > 100)
    }

    @Test func survivesRandomBytesAndMutations() async throws {
        var generator = SeededGenerator(seed: 8)
        let seed = Array(#"{"Item":{"id":{"S":"a\u00e9\ud83d\ude00"},"n":{"N":"-12.5e3"},"l":{"L":[{"BOOL":true},{"NULL":null}]}}}"#.utf8)
        for round in 0..<5_000 {
            if round % 20 == 0 { await Task.yield() }
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
                }
            }
            guard let value = try? JSON(parsing: bytes) else { continue }
            #expect(try JSON(parsing: value.bytes) == value)
        }
    }
}
