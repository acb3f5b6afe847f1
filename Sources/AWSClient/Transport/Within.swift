//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// Runs an operation, and cancels it when the time limit is over or the caller is cancelled.
///
/// - Parameters:
///   - limit: How long it may take. The operation must end soon after its task is cancelled.
///   - lateness: The error to throw when the limit is over.
///   - operation: What to run.
/// - Returns: What the operation returned; a success counts even when the limit was over by then.
/// - Throws: `lateness`, or what the operation threw.
func within<Success: Sendable>(
    _ limit: Duration,
    orThrow lateness: AWSError,
    _ operation: @escaping @Sendable () async throws(AWSError) -> Success
) async throws(AWSError) -> Success {
    let result: Result<Success, AWSError>? = await withTaskGroup { group in
        group.addTask { () -> Result<Success, AWSError>? in
            do throws(AWSError) {
                return .success(try await operation())
            } catch {
                return .failure(error)
            }
        }
        group.addTask {
            try? await Task.sleep(for: limit)
            return nil
        }
        var result = await group.next() ?? nil
        group.cancelAll()
        if result == nil {
            result = await group.next() ?? nil
            // Without a cancelled caller it was the limit that ended the operation.
            if case .failure(let error) = result, error.code == .cancelled, !Task.isCancelled { result = nil }
        }
        return result
    }
    guard let result else { throw lateness }
    return try result.get()
}
