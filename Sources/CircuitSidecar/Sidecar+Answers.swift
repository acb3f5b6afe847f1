//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
package import LoopbackHTTP
package import NIOHTTP1

extension Sidecar {
    // Answers a request. A store that fails is no reason for an error: calls go on without it.
    // `isAwaited`: whether the client is still there. A permit that would reach no client is returned.
    package func answer(_ method: HTTPMethod, _ uri: String, isAwaited: @Sendable () -> Bool = { true }) async -> HTTPAnswer {
        do throws(SidecarRequest.Refused) {
            switch try SidecarRequest(method: method, uri: uri) {
            case .health: return SidecarAnswer().with("status", "ok").with("reason", fault).http()
            case .circuits: return circuits()
            case .metrics: return metrics()
            case .check(let id): return await check(id, isAwaited)
            case .state(let id): return await state(of: id)
            case .outcome(let id, let outcome, let permit): return await take(outcome, of: id, permit: permit)
            }
        } catch {
            return .refusal(error.status, error.message)
        }
    }

    private func check(_ id: String, _ isAwaited: @Sendable () -> Bool) async -> HTTPAnswer {
        if let fault { return Self.allowed.with("reason", fault).http() }
        guard let breaker = try? breaker(for: id) else { return Self.allowed.http() }
        metricLines?.begin(with: breaker)
        let before = breaker.view
        let acquisition: CircuitBreaker.Acquisition
        do throws(CancellationError) {
            acquisition = try await breaker.acquire()
        } catch {
            return Self.allowed.with("reason", "the sidecar ends").http()
        }
        let after = breaker.view
        switch consume acquisition {
        case .permit(let permit):
            guard isAwaited() else {
                await permit.cancel()
                return Self.allowed.with("reason", "the client is gone").http()
            }
            let state = permit.isProbe ? CircuitState.halfOpen : after.state
            let transition = transition(of: breaker, from: before, to: after)
            return SidecarAnswer().with("allowed", true).with("state", state.rawValue).with("transition", transition)
                .with("permit", "\(token(permit, of: id))").http()
        case .rejected(let rejection):
            metricLines?.look(at: breaker)
            return SidecarAnswer().with("allowed", false).with("state", rejection.state.rawValue)
                .with("transition", transition(of: breaker, from: before, to: after))
                .with("retryAfterMs", rejection.retryAfterMilliseconds).with("reason", "\(rejection)").http()
        }
    }

    private static let allowed = SidecarAnswer().with("allowed", true).with("state", CircuitState.closed.rawValue)

    private func take(_ outcome: CallOutcome, of id: String, permit text: String?) async -> HTTPAnswer {
        if let fault { return SidecarAnswer().with("state", CircuitState.closed.rawValue).with("reason", fault).http() }
        guard let breaker = try? breaker(for: id) else { return SidecarAnswer().with("state", CircuitState.closed.rawValue).http() }
        let before = breaker.view
        var reason: String?
        if let text {
            guard let permit = PermitToken(text).flatMap({ take($0, of: id) }) else {
                return .refusal(
                    .conflict,
                    "permit is not open: its outcome is known already, its lease has ended, or it is of another circuit or sidecar"
                )
            }
            await permit.finish(outcome)
        } else if let permit = takeOldest(of: id) {
            await permit.finish(outcome)
        } else {
            reason = await count(outcome, withoutPermitOf: breaker)
        }
        metricLines?.look(at: breaker)
        let after = breaker.view
        return SidecarAnswer().with("state", after.state.rawValue).with("transition", transition(of: breaker, from: before, to: after))
            .with("reason", reason).http()
    }

    // Of a call without a permit: it counts as far as it would have been admitted as an ordinary one. Otherwise the answer is why not.
    private func count(_ outcome: CallOutcome, withoutPermitOf breaker: CircuitBreaker) async -> String? {
        guard outcome != .cancelled else { return nil }
        switch try? await breaker.acquire() {
        case .permit(let permit)?:
            guard permit.isProbe else {
                await HeldPermit(permit).finish(outcome)
                return nil
            }
            await permit.cancel()
            return "not counted: the circuit is \(CircuitState.halfOpen.rawValue), and no probe is open here"
        case .rejected(let rejection)?: return "not counted: no permit is open, and \(rejection)"
        case nil: return "not counted: the sidecar ends"
        }
    }

    // A change of state that this process made, in the answer to the request that made it.
    private func transition(of breaker: CircuitBreaker, from before: CircuitView, to after: CircuitView) -> String? {
        if after.isStoreLost { return before.state == after.state ? nil : "\(before.state.rawValue) -> \(after.state.rawValue)" }
        let (record, epoch) = (after.record, after.record.epoch)
        guard epoch != before.record.epoch, record.writer?.environment == breaker.environment, tells(epoch, of: breaker.id) else { return nil }
        // What was seen before may have been old.
        let from: CircuitState =
            switch (record.state, record.reason) {
            case (.halfOpen, _): .open
            case (.closed, .probesSucceeded?), (.open, .probeFailed?), (.open, .probesLost?): .halfOpen
            case (.open, .failures?), (.open, .consecutiveFailures?), (.open, .failureRate?), (.open, .slowCallRate?): .closed
            default: before.record.state
            }
        return from == record.state ? nil : "\(from.rawValue) -> \(record.state.rawValue)"
    }

    // Reads, and changes nothing.
    private func state(of id: String) async -> HTTPAnswer {
        if let fault { return SidecarAnswer().with("state", CircuitState.closed.rawValue).with("reason", fault).http() }
        guard let breaker = try? breaker(for: id) else { return SidecarAnswer().with("state", CircuitState.closed.rawValue).http() }
        if breaker.view.age.map({ $0 > breaker.configuration.sharing.maxViewAge }) ?? true { try? await breaker.refresh() }
        let view = breaker.view
        // Alone, this process has times of its own.
        let wait = view.state == .open && !view.isStoreLost ? max(0, view.record.nextAttempt.milliseconds - clock.now.milliseconds) : nil
        let window = SidecarAnswer().with("calls", view.window.failures + view.window.successes).with("failures", view.window.failures).with(
            "slowCalls",
            view.window.slowCalls
        )
        return SidecarAnswer().with("state", view.state.rawValue)
            .with("retryAfterMs", json: wait.map { "\($0)" })
            .with("reason", view.record.reason.map { "\($0)" })
            .with("order", view.order?.kind.rawValue)
            .with("window", json: window.json)
            .with("openPermits", openPermits(of: id))
            .with("isStoreLost", view.isStoreLost)
            .http()
    }

    private func circuits() -> HTTPAnswer {
        let all = registry.breakers.sorted { $0.id < $1.id }.map { breaker in
            SidecarAnswer().with("id", breaker.id).with("state", breaker.view.state.rawValue).with("openPermits", openPermits(of: breaker.id)).json
        }
        return SidecarAnswer().with("circuits", json: "[\(all.joined(separator: ","))]").with("reason", fault).http()
    }
}
