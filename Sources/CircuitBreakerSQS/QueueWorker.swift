//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import CircuitBreaker
public import LambdaRuntime
import Logging

/// Handles a queue's messages one after the other, each as a call through a circuit.
///
/// ```swift
/// LambdaRuntime { logger in
///     QueueWorker(breaker: breaker, visibility: SQSVisibility(logger: logger)) { message in
///         try message.json(as: Payment.self)
///     } work: { payment in
///         try await bank.transfer(payment)
///     }
/// } body: { (batch: SQSEvent, context, worker) in
///     await worker.handle(batch, context)
/// }
/// ```
///
/// What could not be done stays in the queue, and nothing else:
/// - a message whose work fails, or whose body cannot be read; the latter says nothing of the dependency, so the circuit does not learn of it;
/// - once the circuit rejects a message, that one and all after it, untried;
/// - those for which no time is left in the invocation, untried;
/// - in a FIFO queue, what comes after it in the group of a message that stays.
///
/// Each receipt counts towards the dead-letter queue of a queue that has one, and no handler can take that back. So messages that the circuit rejected are hidden
/// until it may admit them, and for longer each time: see ``Postponement``.
///
/// A message that comes twice in a batch is done once. One that comes again in a later batch is done again: SQS delivers at least once, and so the work must
/// bear being repeated.
public struct QueueWorker<Job: Sendable>: Sendable {
    private let breaker: CircuitBreaker
    private let visibility: (any MessageVisibility)?
    private let postponement: Postponement
    private let leastTime: Duration
    private let decode: @Sendable (SQSMessage) throws -> Job
    private let work: @Sendable (Job) async throws -> Void

    /// Creates it.
    /// - Parameters:
    ///   - breaker: the circuit of the dependency that the work calls.
    ///   - visibility: hides messages that were rejected; nil: the queue's visibility timeout is how long they stay hidden.
    ///   - postponement: for how long.
    ///   - leastTime: what must be left of the invocation's time for a message to be tried.
    ///   - decode: makes the job of a message; if it throws, the message stays in the queue.
    ///   - work: the call.
    public init(
        breaker: CircuitBreaker,
        visibility: (any MessageVisibility)?,
        postponement: Postponement = Postponement(),
        leastTime: Duration = .seconds(1),
        decode: @escaping @Sendable (SQSMessage) throws -> Job,
        work: @escaping @Sendable (Job) async throws -> Void
    ) {
        self.breaker = breaker
        self.visibility = visibility
        self.postponement = postponement
        self.leastTime = leastTime
        self.decode = decode
        self.work = work
    }

    // How a message ended.
    private enum Outcome {
        case done
        case kept
        case rejected(Rejection)
        // No time is left, or the invocation was cancelled.
        case over
    }

    /// Handles a batch.
    /// - Parameters:
    ///   - batch: the messages.
    ///   - context: the invocation's, for its deadline and its log.
    /// - Returns: which of them are to stay in the queue.
    public func handle(_ batch: SQSEvent, _ context: LambdaContext) async -> SQSBatchResponse {
        var seen: Set<String> = []
        var kept: [String] = []
        var keptGroups: Set<String> = []
        var untried: [SQSMessage] = []
        var end: Outcome?
        for message in batch.messages where seen.insert(message.messageID).inserted {
            if end != nil {
                untried.append(message)
                kept.append(message.messageID)
                continue
            }
            let group = message.orderedGroup
            let outcome = group.map(keptGroups.contains) == true ? .kept : await outcome(of: message, context)
            if case .done = outcome { continue }
            kept.append(message.messageID)
            if let group { keptGroups.insert(group) }
            switch outcome {
            case .done, .kept: break
            case .rejected, .over:
                untried.append(message)
                end = outcome
            }
        }
        if case .rejected(let rejection)? = end { await postpone(untried, rejection, context) }
        return SQSBatchResponse(keeping: kept)
    }

    private func outcome(of message: SQSMessage, _ context: LambdaContext) async -> Outcome {
        let metadata: Logger.Metadata = ["messageId": "\(message.messageID)", "receiveCount": "\(message.receiveCount)"]
        func failed(_ what: Logger.Message, _ error: any Error) -> Outcome {
            context.logger.error(what, metadata: metadata.merging(["error": "\(error)"]) { $1 })
            return .kept
        }
        guard context.getRemainingTime() >= leastTime else {
            context.logger.warning("No time is left for this message and those after it: they stay in the queue", metadata: metadata)
            return .over
        }
        let job: Job
        do {
            job = try decode(message)
        } catch {
            return failed("The message cannot be read, and stays in the queue", error)
        }
        do {
            let work = work
            try await breaker.run(deadline: Timestamp(milliseconds: context.deadlineMilliseconds)) { try await work(job) }
            return .done
        } catch CircuitBreakerError.rejected(let rejection) {
            return .rejected(rejection)
        } catch is CancellationError where Task.isCancelled {
            return .over
        } catch {
            return failed("The message could not be handled, and stays in the queue", error)
        }
    }

    private func postpone(_ messages: [SQSMessage], _ rejection: Rejection, _ context: LambdaContext) async {
        let receiveCount = messages.map(\.receiveCount).max() ?? 1
        let seconds = postponement.seconds(retryAfter: rejection.retryAfter, receiveCount: receiveCount, chance: .random(in: 0..<1))
        context.logger.info(
            "The circuit rejects messages: they stay in the queue",
            metadata: ["messages": "\(messages.count)", "rejection": "\(rejection)", "hiddenSeconds": "\(visibility == nil ? 0 : seconds)"]
        )
        guard let visibility else { return }
        do {
            try await visibility.hide(messages, seconds: seconds)
        } catch {
            context.logger.warning(
                "Messages could not be hidden, and come back after the queue's visibility timeout",
                metadata: ["error": "\(error)"]
            )
        }
    }
}
