// SPDX-License-Identifier: Apache-2.0
// Asks the circuit breaker beside this program, the Lambda extension or the sidecar, before each call and tells it how the call ended.
//
//     const payments = new Circuit("payments");
//     const quote = await payments.run(() => fetchQuote(order), (error) => cachedQuote(order));
//
// Without an answer, every call is allowed. No packages; copy it.

// Nothing listens: known at once. It listens and does not answer: it may be waiting for its table, for half a second at most.
const answerMs = 750;
// After no answer, calls go on without asking for this long.
const pauseMs = 1000;
let silentUntil = 0;

export class CircuitOpen extends Error {
    constructor(circuit, answer) {
        super(answer.reason ?? `circuit ${circuit} is ${answer.state ?? "OPEN"}`);
        this.name = "CircuitOpen";
        this.circuit = circuit;
        this.state = answer.state ?? "OPEN";
        this.retryAfterMs = answer.retryAfterMs ?? 0;
    }
}

export class Circuit {
    // The id: 1 to 256 of the characters A-Z a-z 0-9 . _ : -
    constructor(circuit = process.env.AWS_LAMBDA_FUNCTION_NAME || "default", { port = process.env.CIRCUITBREAKER_PORT || 4243 } = {}) {
        this.circuit = circuit;
        this.base = `http://127.0.0.1:${port}/circuit/${circuit}`;
    }

    // Makes a call if the circuit admits it. An error is a failure, which may say in `retryAfterMs` how long the dependency wants to be left alone;
    // so is a result for which `isFailure` says so. Without a fallback, the error is thrown: the call's own, or CircuitOpen.
    async run(operation, fallback, { isFailure = () => false } = {}) {
        const answer = (await this.#ask("GET", "")) ?? { allowed: true };
        try {
            if (answer.allowed === false) throw new CircuitOpen(this.circuit, answer);
            return await this.#make(operation, isFailure, answer.permit);
        } catch (error) {
            if (!fallback) throw error;
            return fallback(error);
        }
    }

    async #make(operation, isFailure, permit) {
        const start = performance.now();
        let result;
        try {
            result = await operation();
        } catch (error) {
            // Another circuit's refusal, and a caller who gave up, say nothing of this dependency.
            const saysNothing = error instanceof CircuitOpen || error?.name === "AbortError";
            await this.#tell(saysNothing ? "cancel" : "failure", permit, { retryAfterMs: saysNothing ? undefined : error?.retryAfterMs });
            throw error;
        }
        let failed = true;
        try {
            failed = isFailure(result);
        } finally {
            if (failed) await this.#tell("failure", permit, {});
            else await this.#tell("success", permit, { durationMs: performance.now() - start });
        }
        return result;
    }

    // The circuit as the sidecar sees it; undefined: no answer.
    state() {
        return this.#ask("GET", "/state");
    }

    async #tell(verb, permit, numbers) {
        // An outcome without a permit would be taken for that of the oldest call.
        if (!permit) return;
        const query = new URLSearchParams({ permit });
        for (const [name, value] of Object.entries(numbers)) {
            if (Number.isFinite(value)) query.set(name, String(Math.max(0, Math.round(value))));
        }
        await this.#ask("POST", `/${verb}?${query}`);
    }

    async #ask(method, rest) {
        // A permit is returned whatever was before.
        if (!rest.includes("permit=") && performance.now() < silentUntil) return undefined;
        try {
            const response = await fetch(this.base + rest, { method, signal: AbortSignal.timeout(answerMs) });
            const answer = await response.json();
            return response.ok ? answer : undefined;
        } catch {
            silentUntil = performance.now() + pauseMs;
            return undefined;
        }
    }
}
