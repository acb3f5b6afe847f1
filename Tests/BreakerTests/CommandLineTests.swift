//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import NIOCore
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(2))) struct CommandLineTests {
    @Test(arguments: [
        (["local", "--failure-threshold", "three"], ["--failure-threshold", "three", "a whole number, at least 1"]),
        (["local", "--failure-threshold", "-1"], ["--failure-threshold", "-1", "at least 1"]),
        (["local", "--failure-threshold=0"], ["--failure-threshold", "0", "at least 1"]),
        (["local", "--success-threshold", "1.5"], ["--success-threshold", "1.5"]),
        (["local", "--success-probability", "1.1"], ["--success-probability", "from 0 to 1"]),
        (["local", "--success-probability", "nan"], ["--success-probability", "from 0 to 1"]),
        (["local", "--timeout", "10 parsecs"], ["--timeout", "10 parsecs"]),
        (["local", "--timeout", "10"], ["--timeout", "10", "(ms, s, m, h)"]),
        (["local", "--timeout", "0"], ["--timeout", "above zero"]),
        (["local", "--timeout", "1e300h"], ["--timeout"]),
        (["local", "--latency", "-5ms"], ["--latency", "-5ms"]),
        (["local", "--circuit", "a/b"], ["circuit id", "a/b"]),
        (["local", "--circuit", ""], ["circuit id"]),
        (["local", "--port", "65536"], ["--port", "65536"]),
        (["local", "--environments", "0"], ["--environments"]),
        (["local", "--upstream-url", "localhost:9000"], ["--upstream-url", "localhost:9000", "http://"]),
        (["local", "--policy", "luck"], ["--policy", "luck", "failures"]),
        (["local", "--slow-call-rate", "0.5"], ["--slow-call-rate", "--slow-call-duration"]),
        (["local", "--policy", "consecutiveFailures", "--failure-rate", "0.5"], ["--failure-rate"]),
        (["local", "--max-timeout", "1s"], ["--max-timeout", "--timeout"]),
        (["local", "--lease", "1s", "--call-timeout", "1m"], ["--call-timeout", "--lease"]),
        (["local", "--no-such-option"], ["--no-such-option"]),
        (["local", "--timeout"], ["--timeout"]),
        (["local", "extra"], ["extra"]),
        (["no-such-command"], ["no-such-command"]),
    ])
    func badUsageIsOneLineAndStatus2(arguments: [String], words: [String]) async throws {
        let ended = try await BreakerProcess(arguments).wait()
        expectOneLine(ended, words)
        #expect(ended.status == 2)
    }

    @Test(arguments: [
        ("CIRCUITBREAKER_FAILURE_THRESHOLD", "three"), ("CIRCUITBREAKER_FAILURE_THRESHOLD", "-3"), ("CIRCUITBREAKER_TIMEOUT_MS", "0"),
        ("SUCCESS_PROBABILITY", "2"), ("UPSTREAM_URL", "nowhere"), ("LATENCY_MS", "1s"),
    ])
    func badVariableIsNamed(name: String, value: String) async throws {
        let ended = try await BreakerProcess.run("local", environment: [name: value])
        expectOneLine(ended, [name, value])
        #expect(ended.status == 2)
    }

    @Test func portInUseIsStatus1() async throws {
        let taken = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(taken.localAddress?.port)
        let ended = try await BreakerProcess.run("local", "--port", "\(port)")
        try await taken.close()
        expectOneLine(ended, ["\(port)", "in use"])
        #expect(ended.status == 1)
    }

    @Test func helpIsOnStandardOutput() async throws {
        let ended = try await BreakerProcess.run("local", "--help")
        #expect(ended.status == 0)
        #expect(ended.error.isEmpty)
        for word in ["EXAMPLES", "--failure-threshold", "CIRCUITBREAKER_FAILURE_THRESHOLD", "default: 10s", "--upstream-url"] {
            #expect(ended.output.contains(word))
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completionsNameAllCommands(shell: String) async throws {
        let script = try await BreakerProcess.run("--generate-completion-script", shell)
        #expect(script.status == 0 && script.error.isEmpty)
        let commands = "local simulate table settings list show history watch dashboard open close disable observe lift reset".split(separator: " ")
        for command in commands { #expect(script.output.contains(command)) }
        // Not every machine has each shell.
        let check = """
            command -v \(shell) > /dev/null || exit 0
            cd "$(mktemp -d)" && breaker --generate-completion-script \(shell) > script && \(shell) -n script
            status=$?; rm script; exit $status
            """
        let checked = try await BreakerProcess(shell: check, environment: [:]).wait()
        #expect(checked.status == 0 && checked.error.isEmpty, "\(checked)")
    }

    @Test func bashCompletesACommand() async throws {
        let typed = try await BreakerProcess(
            shell: """
                bash -c 'source <(breaker --generate-completion-script bash)
                COMP_WORDS=(breaker sho) COMP_CWORD=1 COMP_LINE="breaker sho" COMP_POINT=11
                _breaker breaker sho breaker; echo ${COMPREPLY[@]}'
                """,
            environment: [:]
        ).wait()
        #expect(typed.output == "show\n", "\(typed)")
    }

    @Test func optionsWinOverVariables() async throws {
        let process = try BreakerProcess(
            ["local", "--port", "0", "--failure-threshold", "5"],
            environment: ["CIRCUITBREAKER_FAILURE_THRESHOLD": "9", "CIRCUITBREAKER_SUCCESS_THRESHOLD": "4"]
        )
        _ = try await process.address()
        let ended = try await process.stop()
        #expect(ended.output.contains("5 failures within 60 s"))
        #expect(ended.output.contains("4 successful probes"))
        #expect(ended.status == 0)
        #expect(ended.error.isEmpty)
    }

    // One line, and at most a hint how to get help.
    private func expectOneLine(_ ended: BreakerProcess.Ended, _ words: [String]) {
        let lines = ended.error.split(separator: "\n")
        #expect(lines.count == 1 || (lines.count == 2 && lines[1].hasPrefix("See breaker ")), "\(ended.error)")
        #expect(lines.first?.hasPrefix("breaker: ") == true, "\(ended.error)")
        for word in words { #expect(ended.error.contains(word), "\(ended.error)") }
        #expect(ended.output.isEmpty)
    }
}
