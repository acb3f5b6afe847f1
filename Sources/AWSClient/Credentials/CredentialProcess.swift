//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Runs the command of a profile's `credential_process`.
enum CredentialProcess {
    private static let origin = "credential_process"
    private static let timeLimit = Duration.seconds(30)
    private static let maximumOutput = 1 << 16

    /// Runs the command and reads the credentials that it prints.
    ///
    /// What it prints as an error is not shown: it may hold secrets.
    ///
    /// - Parameter command: A command line for the shell.
    /// - Returns: The credentials.
    /// - Throws: ``AWSError`` when it cannot be run, fails, prints something else, or takes more than 30 s.
    static func run(_ command: String) async throws(AWSError) -> Credentials {
        let output = try await self.output(of: command)
        guard let version = (try? JSON(parsing: output))?["Version"], version == 1 else {
            throw AWSError(.credentials, "\(self.origin) printed something that is not a JSON object with \"Version\": 1")
        }
        return try CredentialDocument.parse(output, tokenKey: "SessionToken", origin: self.origin)
    }

    /// Polls, for a few milliseconds each: a thread to wait in would be kept for this alone.
    private static func output(of command: String) async throws(AWSError) -> [UInt8] {
        guard let child = ChildProcess(shellCommand: command.replacing("\n", with: " ")) else {
            throw AWSError(.credentials, "\(origin) could not be started")
        }
        defer { child.closeOutput() }
        let deadline = ContinuousClock.now + timeLimit
        var output: [UInt8] = []
        while true {
            let ended = child.exitStatus()
            child.readAvailable(into: &output, limit: maximumOutput + 1)
            let isTooMuch = output.count > maximumOutput
            if let ended, !isTooMuch {
                guard ended == 0 else { throw AWSError(.credentials, "\(origin) ended with status \(ended)") }
                return output
            }
            let isTooLate = ContinuousClock.now >= deadline
            guard !isTooMuch, !isTooLate, !Task.isCancelled else {
                if ended == nil { child.kill() }
                let end = isTooLate ? "took longer than \(timeLimit)" : "was cancelled"
                let problem = isTooMuch ? "printed more than \(maximumOutput) bytes" : end
                throw AWSError(.credentials, "\(origin) \(problem)")
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }
}
