//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import Testing

@testable import AWSClient

/// What the AWS CLI reads in a file, we read in it, whatever its spacing; and what it refuses, we refuse.
@Suite struct ProfileFileTests {
    private struct Case: Encodable {
        var profile = "a"
        var config = ""
        var credentials = ""
    }

    private struct Answer: Decodable {
        var keys: [String: String]?
        var error: String?
    }

    private static let configs = [
        "[profile a]\nregion = x\n", "[profile a]\n  region = x\n  output = y\n", "  [profile a]\n  region = x\n", "\t[profile a]\n\tregion=x",
        "[profile a]\r\nregion = x\r\noutput = y\r\n", "[profile a]\rregion = x\routput = y", "[profile a]\nregion=x\n  output=y\n",
        "[profile a]\nregion : x\n", "[profile a]\nregion: x=y\n", "[profile a]\nregion = a:b\n", "[profile a]\narn:aws = x\n",
        "[profile a]\nregion = x # no comment\n", "[profile a]\n# c\n ; d\nregion = x\n  # e\n  y\n", "[profile a]\nregion =\n",
        "[profile a]\nregion\n",
        "[profile a]\n= x\n", "region = x\n[profile a]\n", "# c\n\n[profile a]\n", "[profile a]\nregion = x\n[profile a]\noutput = y\n",
        "[profile a]\nregion = x\nREGION = y\n", "[profile a]\nReGion = x\n", "[DEFAULT]\nregion = d\noutput = o\n[profile a]\nregion = x\n",
        "[DEFAULT]\nregion = d\n[DEFAULT]\noutput = o\n[profile a]\n", "[profile  a]\nregion = x\n", "[profile\ta]\nregion = x\n",
        "[ profile a]\nregion = x\n", "[profile a ]\nregion = x\n", "[profile \"a\"]\nregion = x\n", "[profile 'a']\nregion = x\n",
        "[profile a] # c\nregion = x\n", "[profile a] ]\nregion = x\n", "[profile a\nregion = x\n", "[profile]\nregion = x\n", "[]\nregion = x\n",
        "[profilea]\nregion = x\n", "[profiles a]\nregion = x\n", "[Profile a]\nregion = x\n", "[a]\nregion = x\n", "[profile a b]\nregion = x\n",
        "[profile \"a]\nregion = x\n", "[profile a\\]\nregion = x\n", "[profile \\a]\nregion = x\n",
        "[profile a]\ns3 =\n  b = 1\n  c = 2\nregion = x\n",
        "[profile a]\ns3 =\n\n  b = 1\n\n  c=2\n", "[profile a]\ns3 =\n  nonsense\n", "[profile a]\ns3 =\n    b = 1\n  c = 2\n",
        "[profile a]\ns3 = v\n  b = 1\n", "[profile a]\nregion = x\n\n\noutput = y\n", "[profile a]\nregion = x\n\n   y\n",
        "\u{feff}[profile a]\nregion = x\n",
        "[profile a]\nregion\u{a0}=\u{a0}x\u{a0}\n", "[profile a]\n\u{3000}region = x\n", "[profile a]\nregion = \"x\"\n",
        "[profile a]\nrégion = é\n", "",
        "[profile a]\n  region = x\n output = y\n", "[profile a]\n    region = x\n  output = y\n      z = w\n", "[profile a]\nk = x\u{b}y\n",
        "[profile a]\nregion = x\\\n  y\n", "[profile a]\nregion == x\n", "[profile a]\n  ; c\n  region = x\n\n[profile b]\nregion = z\n",
    ]

    private static let others = [
        Case(profile: "default", config: "[default]\nregion = x\n[profile default]\nregion = y\n"),
        Case(profile: "default", config: "[profile default]\nregion = y\n[default]\nregion = x\n"),
        Case(profile: "default", config: "[profile default]\nregion = y\n"), Case(profile: "default", config: "[ default ]\nregion = y\n"),
        Case(profile: "b c", config: "[profile \"b c\"]\nregion = x\n"), Case(profile: "b\"c", config: "[profile \"b\\\"c\"]\nregion = x\n"),
        Case(profile: "b\\c", config: "[profile \"b\\c\"]\nregion = x\n"), Case(profile: "", config: "[profile '']\nregion = x\n"),
        Case(profile: "b#c", config: "[profile b#c]\nregion = x\n"), Case(config: "[profile a]\nregion = x\n[profile 'a']\nregion = y\n"),
        Case(config: "[profile a]\nregion = x\nk = c\n", credentials: "[a]\nk = d\n"), Case(credentials: "[a]\n  k = d\n"),
        Case(credentials: "[profile a]\nk = d\n"), Case(credentials: "[ a ]\nk = d\n"), Case(credentials: "[a]\nk = d\n[a]\nl = e\n"),
        Case(credentials: "[a]\nk: d\n"), Case(credentials: "k = d\n"), Case(config: "[profile a]\nk = x\n", credentials: "[b]\nnonsense\n"),
        Case(credentials: "[DEFAULT]\nk = d\n[a]\n"),
    ]

    @Test func equalsBotocoreOnOddFiles() async throws {
        let cases = Self.configs.map { Case(config: $0) } + Self.others
        let answers: [Answer] = try await Botocore.ask("read_profiles_with_botocore.py", cases)
        #expect(
            answers.contains { $0.error != nil } && answers.contains { $0.keys?.count == 2 } && answers.contains { $0.keys == nil && $0.error == nil }
        )
        for (odd, answer) in zip(cases, answers) {
            let folder = try TemporaryFolder()
            let environment = ProcessEnvironment([
                "AWS_CONFIG_FILE": try folder.write("config", odd.config),
                "AWS_SHARED_CREDENTIALS_FILE": try folder.write("credentials", odd.credentials),
            ])
            do throws(AWSError) {
                let profile = try Profiles(environment: environment)[odd.profile]
                #expect(answer.error == nil, "\(odd)")
                #expect(profile.map(Self.flat) == answer.keys, "\(odd)")
            } catch {
                #expect(error.code == .configuration && error.message.contains("line "), "\(error)")
                #expect(answer.error != nil, "\(odd): \(error)")
            }
        }
    }

    private static func flat(_ profile: Profile) -> [String: String] {
        var keys: [String: String] = [:]
        for (key, value) in profile.config.merging(profile.credentials, uniquingKeysWith: { $1 }) {
            guard value.hasPrefix("\n") else {
                keys[key] = value
                continue
            }
            for (inner, text) in ProfileFile.nested(in: value) { keys["\(key).\(inner)"] = text }
        }
        return keys
    }

    @Test(arguments: [
        ("[a]\nb = 1\nnonsense\n", "/f, line 3: it is neither"), ("[a]\n[a]\n", "/f, line 2: there is another section [a]"),
        ("b = 1", "/f, line 1: it is above the first section"), ("[a]\nb = 1\nB = 2", "/f, line 3: 'b' is there twice"),
    ])
    func theBadLineIsNamed(text: String, message: String) throws {
        let error = try #require(throws: AWSError.self) { try ProfileFile(text, path: "/f") }
        #expect(error.code == .configuration && error.message.hasPrefix(message), "\(error)")
    }

    @Test func aFileThatIsTooLargeOrNoTextIsRefused() throws {
        let folder = try TemporaryFolder()
        let large = ["AWS_CONFIG_FILE": try folder.write("large", String(repeating: "#", count: (1 << 20) + 1))]
        #expect(try #require(throws: AWSError.self) { try Profiles(environment: ProcessEnvironment(large)) }.message.contains("larger than 1048576"))
        try Data([0x5B, 0xFF, 0x5D]).write(to: URL(filePath: folder.path + "/binary"))
        let binary = ["AWS_SHARED_CREDENTIALS_FILE": folder.path + "/binary"]
        #expect(try #require(throws: AWSError.self) { try Profiles(environment: ProcessEnvironment(binary)) }.message.contains("not UTF-8"))
    }
}
