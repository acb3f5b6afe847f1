// SPDX-License-Identifier: Apache-2.0
// The circuit now: state, why, what next and when, the window against the threshold.
import { $, count, mark, say, show, span, wait } from "./format.js";

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

  // What calls meet: the circuit's state, or what an order makes of it.
  static effect(circuit) {
    const kind = circuit.order?.kind;
    if (kind === "FORCE-OPEN") return "OPEN";
    if (kind === "FORCE-CLOSED" || kind === "DISABLED") return "CLOSED";
    return circuit.state;
  }

  update(circuit) {
    this.circuit = circuit;
    const effect = Circuit.effect(circuit);
    mark(document.body, "data-state", effect);
    say($("state"), effect);
    say($("chip"), effect);
    const title = `${effect} – ${this.hello?.circuit ?? "circuit"}`;
    if (document.title !== title) document.title = title;
    say($("meaning"), circuit.order?.kind === "OBSERVE" && circuit.state !== "CLOSED" ? "It would reject calls, but an order says to observe only." : meanings[effect]);
    for (const item of document.querySelectorAll(".states li")) {
      const isNow = item.dataset.is === effect;
      if ((item.getAttribute("aria-current") === "true") !== isNow) isNow ? item.setAttribute("aria-current", "true") : item.removeAttribute("aria-current");
    }
    say($("why"), this.why(circuit));
    this.gauge(circuit);
    this.announce(circuit, effect);
    this.tick();
  }

  why(circuit) {
    if (circuit.order) return `ordered by ${circuit.order.by || "an operator"}${circuit.order.why ? `: ${circuit.order.why}` : ""}`;
    if (circuit.reason) return circuit.reason;
    if (circuit.state !== "CLOSED") return "the record does not say";
    const { failures } = circuit.window;
    return failures === 0 ? "nothing has gone wrong yet" : `${count(failures)} ${failures === 1 ? "failure" : "failures"} counted, not enough to open`;
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
    const left = circuit.nextAttempt - now;
    const isWaiting = circuit.state === "OPEN" && left > 0 && order?.kind !== "FORCE-OPEN";
    show($("countdown"), isWaiting);
    if (isWaiting) say($("countdown"), wait(left));
    say($("next"), this.next(circuit, left));
  }

  orderText({ order, state }, now) {
    const end = order.until === null ? "until it is lifted" : `ends in ${wait(order.until - now)}`;
    return `Order in force: ${order.kind}, ${end}. Without it the circuit would be ${state}.`;
  }

  next({ state, order, successCount, probing, sharePercent, consecutiveOpens }, left) {
    const { probes, successesToClose, policy } = this.hello;
    if (order?.kind === "FORCE-OPEN") return "every call is rejected until the order ends";
    if (order?.kind === "FORCE-CLOSED" || order?.kind === "DISABLED") return "every call passes until the order ends";
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

  // Segments while they can be counted at a glance, a bar beyond.
  gauge(circuit) {
    const { policy, successesToClose, maximumOpenTime } = this.hello ?? {};
    if (!policy) return;
    const { window, streak, state, successCount, consecutiveOpens } = circuit;
    let value = window.failures, limit = Number(policy.threshold), name = "Failures counted", text;
    if (state === "HALF-OPEN") {
      [value, limit, name] = [successCount, successesToClose, "Probes that succeeded"];
    } else if (state === "OPEN" && consecutiveOpens > 0) {
      [value, limit, name] = [1, 1, "Failed probes in a row"];
      text = `${count(consecutiveOpens)}: each makes the wait longer, up to ${span(maximumOpenTime)}`;
    } else if (state === "OPEN") {
      value = limit;
      text = "the threshold was reached; the count starts over once it closes";
    } else if (policy.kind === "consecutive") {
      value = streak;
    } else if (policy.kind === "rate") {
      const share = window.calls === 0 ? 0 : window.failures / window.calls;
      text = `${Math.round(share * 100)} % of ${count(window.calls)} calls failed; opens at ${Math.round(limit * 100)} %, from ${policy.minimumCalls} calls`;
      [value, limit] = [share * 100, limit * 100];
    }
    const within = state === "CLOSED" && policy.kind === "failures" ? ` in the last ${Math.round(policy.window / 1000)} s` : "";
    text ??= `${count(value)} of ${count(limit)}${within}`;
    say($("gauge-name"), name);
    say($("gauge-text"), text);
    mark($("gauge"), "aria-label", `${name}: ${text}`);
    this.segments(value, limit, state === "HALF-OPEN" ? "good" : "bad");
  }

  segments(value, limit, kind) {
    const gauge = $("gauge");
    const isCountable = limit <= 12 && Number.isInteger(limit);
    const wanted = isCountable ? limit : 1;
    while (gauge.children.length > wanted) gauge.lastChild.remove();
    while (gauge.children.length < wanted) gauge.append(document.createElement("i"));
    [...gauge.children].forEach((segment, index) => {
      const filled = isCountable ? (index < value ? 1 : 0) : Math.min(1, value / limit);
      mark(segment, "data-kind", kind);
      segment.style.setProperty("--filled", filled);
    });
  }

  announce(circuit, effect) {
    const key = `${effect} ${circuit.epoch} ${circuit.order?.kind ?? ""}`;
    if (key === this.told) return;
    const isFirst = this.told === null;
    this.told = key;
    if (!isFirst) say($("announcement"), `The circuit is ${effect}: ${this.why(circuit)}`);
  }
}
