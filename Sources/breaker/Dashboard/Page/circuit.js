// SPDX-License-Identifier: Apache-2.0
// The circuit now: state, why, what next and when, the window against the threshold.
import { $, calls, count, many, mark, say, show, span, wait } from "./format.js";
import { gauge, percent, share } from "./gauge.js";

const meanings = {
  CLOSED: "Calls go through to the service. Failures are counted.",
  OPEN: "No call goes through. Everyone gets the fallback at once.",
  "HALF-OPEN": "A few probes test the service. All others get the fallback.",
};

export class Circuit {
  constructor(now) {
    this.now = now;
    this.told = null;
  }

  greet(hello) {
    this.hello = hello;
    say($("circuit-name"), hello.circuit);
    document.title = `Circuit ${hello.circuit}`;
    const probes = hello.probes === 1 ? "One probe at a time tests" : `At most ${hello.probes} probes at once test`;
    say($("half-open-text"), `${probes} the service. A failure opens the circuit again, for longer.`);
  }

  update(circuit) {
    this.circuit = circuit;
    const { state } = circuit;
    mark(document.body, "data-state", state);
    mark(document.body, "data-overruled", state === "CLOSED" && circuit.stateWithoutOrder !== "CLOSED");
    say($("state"), state);
    say($("chip"), state);
    const title = `${state} – ${this.hello?.circuit ?? "circuit"}`;
    if (document.title !== title) document.title = title;
    const isObserved = circuit.order !== null && circuit.orderEffect === null;
    say($("meaning"), isObserved && state !== "CLOSED" ? "It would reject calls, but an order says to observe only." : meanings[state]);
    for (const item of document.querySelectorAll(".states li")) {
      const isNow = item.dataset.is === state;
      if ((item.getAttribute("aria-current") === "true") !== isNow) isNow ? item.setAttribute("aria-current", "true") : item.removeAttribute("aria-current");
    }
    say($("why"), this.why(circuit));
    this.gauge(circuit);
    this.slowGauge(circuit);
    this.announce(circuit);
    this.tick();
  }

  why({ why, state, window }) {
    if (why) return why;
    if (state !== "CLOSED") return "the record does not say";
    const { failures, slow } = window;
    const counted = [failures > 0 ? many(failures, "failure") : "", slow > 0 ? many(slow, "slow call") : ""].filter((part) => part !== "");
    return counted.length === 0 ? "nothing has gone wrong yet" : `${counted.join(" and ")} counted, not enough to open`;
  }

  // Called often: all that depends on the time.
  tick() {
    const { circuit, hello } = this;
    if (!circuit || !hello) return;
    const now = this.now();
    const { order } = circuit;
    const text = order && this.orderText(circuit, now);
    show($("order"), Boolean(order));
    if (order) say($("order"), text);
    const left = circuit.nextAttempt === null ? 0 : circuit.nextAttempt - now;
    const isWaiting = left > 0;
    show($("countdown"), isWaiting);
    if (isWaiting) say($("countdown"), wait(left));
    say($("next"), this.next(circuit, left));
  }

  orderText({ order, stateWithoutOrder }, now) {
    const end = order.until === null ? "until it is lifted" : `ends in ${wait(order.until - now)}`;
    return `Order in force: ${order.kind}, ${end}. Without it the circuit would be ${stateWithoutOrder}.`;
  }

  next({ state, orderEffect, successCount, probing, sharePercent, consecutiveOpens }, left) {
    const { probes, successesToClose, policy } = this.hello;
    if (orderEffect !== null) return orderEffect;
    if (state === "OPEN") return left > 0 ? `${consecutiveOpens > 0 ? "another" : "the first"} probe sets out in` : "the next call is a probe";
    if (state === "HALF-OPEN") {
      const missing = Math.max(0, successesToClose - successCount);
      const still = `${missing} more ${missing === 1 ? "success closes" : "successes close"} it; a failure opens it again`;
      const under = probes === 1 ? "a probe is under way" : `${probing} of ${probes} probes under way`;
      return `${probing === 0 ? "the next call is a probe" : under}; ${still}`;
    }
    if (sharePercent < 100) return `${sharePercent} % of the calls pass, and more each moment`;
    return `opens at ${policy.text}`;
  }

  // The circuit's own count, whatever an order makes of it.
  gauge({ window, streak, stateWithoutOrder: state, successCount, consecutiveOpens }) {
    const { policy, successesToClose, maximumOpenTime } = this.hello ?? {};
    if (!policy) return;
    const threshold = Number(policy.threshold);
    if (state === "HALF-OPEN") {
      const text = `${count(successCount)} of ${count(successesToClose)}`;
      return gauge("gauge", "Probes that succeeded", text, { value: successCount, limit: successesToClose, kind: "good", isCount: true });
    }
    if (state === "OPEN" && consecutiveOpens > 0) {
      const text = `${count(consecutiveOpens)}: each makes the wait longer, up to ${span(maximumOpenTime)}`;
      return gauge("gauge", "Failed probes in a row", text, { value: 1, limit: 1 });
    }
    if (state === "OPEN") return gauge("gauge", "What was counted", "the threshold was reached; the count starts over once it closes", { value: 1, limit: 1 });
    if (policy.kind === "rate") {
      const failed = share(window.failures, window.calls);
      const text = `${percent(failed)} of ${calls(window.calls)} failed; opens at ${percent(threshold)}, from ${policy.minimumCalls} calls`;
      return gauge("gauge", "Failures counted", text, { value: failed, limit: threshold });
    }
    const isStreak = policy.kind === "consecutive";
    const value = isStreak ? streak : window.failures;
    const within = isStreak ? "" : ` in the last ${Math.round(policy.window / 1000)} s`;
    gauge("gauge", "Failures counted", `${count(value)} of ${count(threshold)}${within}`, { value, limit: threshold, isCount: true });
  }

  // Where the policy judges them; counted while CLOSED only.
  slowGauge({ window, stateWithoutOrder }) {
    const policy = this.hello?.policy.slow ?? null;
    show($("slow-fact"), policy !== null && stateWithoutOrder === "CLOSED");
    if (policy === null) return;
    const slow = share(window.slow, window.calls), threshold = Number(policy.threshold);
    const text = `${percent(slow)} of ${calls(window.calls)} took longer than ${policy.limit}; opens at ${percent(threshold)}, from ${policy.minimumCalls} calls`;
    gauge("slow", "Slow calls", text, { value: slow, limit: threshold });
  }

  announce(circuit) {
    const key = `${circuit.state} ${circuit.epoch} ${circuit.order?.kind ?? ""}`;
    if (key === this.told) return;
    const isFirst = this.told === null;
    this.told = key;
    if (!isFirst) say($("announcement"), `The circuit is ${circuit.state}: ${this.why(circuit)}`);
  }
}
