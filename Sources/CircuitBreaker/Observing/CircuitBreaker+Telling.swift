//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import Logging
import SafeText

// What happened inside the session, for the log, the metrics and those who listen.
extension CircuitBreaker {
    func tell(_ notice: Notice, _ error: StoreError?) {
        switch notice {
        case .stateChanged(let from, let to, let reason, let epoch, let isOwn):
            log(to, from, reason, epoch: epoch, level: isOwn ? .info : .debug)
            if isOwn { telemetry.stateChanged(from: from, to: to, isShared: true) }
            listeners.tell(.stateChanged(.init(from: from, to: to, reason: reason, epoch: epoch, isOwn: isOwn)))
        case .ownStateChanged(let from, let to, let reason):
            log(to, from, reason, epoch: nil, level: .info)
            telemetry.stateChanged(from: from, to: to, isShared: false)
            listeners.tell(.stateChanged(.init(from: from, to: to, reason: reason, epoch: nil, isOwn: true)))
        case .orderChanged(let order, let hasEnded, let isOwn):
            log(order, hasEnded: hasEnded, level: isOwn ? .info : .debug)
            telemetry.orderChanged(order, hasEnded: hasEnded, isOwn: isOwn)
            listeners.tell(.orderChanged(.init(order: order, hasEnded: hasEnded, isOwn: isOwn)))
        case .staleOutcome: listeners.tell(.staleOutcomeDropped)
        case .uncertainReport(let calls): listeners.tell(.reportUncertain(calls: calls))
        case .outcomeLost: listeners.tell(.probeOutcomeLost)
        case .wouldReject(let rejection): listeners.tell(.wouldReject(rejection))
        case .storeBack:
            logger.log(level: storeLossLog.levelOfReturn(), "CircuitBreaker store: back", metadata: ["circuit": "\(id)"])
            listeners.tell(.storeBack)
        case .storeLost:
            let error = error ?? StoreError(.unavailable, "no usable answer")
            logger.log(
                level: storeLossLog.levelOfLoss(error),
                "CircuitBreaker store: lost, continuing by policy: \(configuration.sharing.onStoreLoss.rawValue)",
                metadata: ["circuit": "\(id)", "error": "\(error)"]
            )
            listeners.tell(.storeLost(error))
        }
    }

    // A dependency that is well but slow looks dead to probes that get less time than it needs.
    func tellLeaseTooShort(_ lease: Duration) {
        logger.warning(
            "CircuitBreaker probe timed out at the end of its lease: if calls may take longer, give them a longer lease",
            metadata: ["circuit": "\(id)", "lease": "\(lease)"]
        )
    }

    private func log(_ order: CircuitOrder?, hasEnded: Bool, level: Logger.Level) {
        var metadata: Logger.Metadata = ["circuit": "\(id)", "environment": "\(environment.rawValue)"]
        if let order {
            metadata["by"] = "\(order.by.escaped)"
            metadata["why"] = "\(order.why.escaped)"
            metadata["until"] = order.until.map { "\($0.milliseconds)" } ?? "lifted"
        }
        let text = order.map { $0.kind.rawValue } ?? (hasEnded ? "ended" : "lifted")
        logger.log(level: level, "CircuitBreaker order: \(text)", metadata: metadata)
    }

    private func log(_ to: CircuitState, _ from: CircuitState, _ reason: ChangeReason?, epoch: Epoch?, level: Logger.Level) {
        logger.log(
            level: level,
            "CircuitBreaker state: \(to.logName)",
            metadata: [
                "circuit": "\(id)", "from": "\(from.logName)", "to": "\(to.logName)", "reason": "\(reason.map { "\($0)" } ?? "unknown")",
                "epoch": epoch.map { "\($0.rawValue)" } ?? "own", "environment": "\(environment.rawValue)",
            ]
        )
    }
}
