// SPDX-License-Identifier: Apache-2.0
// One circuit of a table: how it stands, on what evidence, what happened, what happens next.
import { CircuitOrders } from "./circuit-orders.js";
import { $, calls, count, distance, mark, moment, say, show, span, wait } from "./format.js";
import { gauge, percent, share } from "./gauge.js";

const meanings = { CLOSED: "Calls pass.", OPEN: "Calls are rejected.", "HALF-OPEN": "A few probes test the dependency; all other calls are rejected." };
const ordered = {
  "FORCE-OPEN": "Every call is rejected, by an order.", "FORCE-CLOSED": "Every call passes, by an order.",
  DISABLED: "Every call passes and none is counted, by an order.", OBSERVE: "Every call passes: an order says to observe only.",
};

export class CircuitDetail {
  constructor(world, changed) {
    this.world = world;
    this.orders = new CircuitOrders(world, changed);
    this.announced = null;
  }

  open({ table, id }) {
    this.answer = null;
    this.announced = null;
    this.shown = null;
    say($("circuit-heading"), id);
    for (const name of ["state", "meaning", "why", "next", "counted"]) say($(name), "–");
    for (const name of ["order", "countdown", "slow-fact"]) show($(name), false);
    for (const name of ["evidence", "history", "band"]) $(name).replaceChildren();
    document.title = id;
    this.orders.open(table, id);
    scrollTo(0, 0);
    $("circuit-heading").focus({ preventScroll: true });
  }

  update(answer) {
    this.answer = answer;
    const { circuit, id } = answer;
    this.orders.update(answer);
    if (circuit === null) {
      say($("state"), "GONE");
      say($("meaning"), `The table ${answer.table} has no such circuit any more.`);
      return;
    }
    const { state } = circuit;
    mark(document.body, "data-state", state);
    mark(document.body, "data-overruled", state === "CLOSED" && circuit.stateWithoutOrder !== "CLOSED");
    say($("state"), state);
    say($("meaning"), circuit.order ? ordered[circuit.order.kind] : meanings[state]);
    say($("why"), circuit.why || (state === "CLOSED" && answer.history.length === 0 ? "nothing has opened it yet" : "the record does not say"));
    const { failures, slow, calls: all } = circuit.window;
    say($("counted"), all > 0 || failures > 0 ? `${count(failures)} failures${slow > 0 ? ` and ${count(slow)} slow calls` : ""} of ${calls(all)}` : "nothing");
    this.slowGauge(circuit, answer.slowCallThreshold);
    document.title = `${state} – ${id}`;
    this.evidence(answer.lines);
    this.history(answer.history, circuit.stateWithoutOrder);
    const shown = `${state} ${circuit.order?.kind ?? ""}`;
    if (this.announced !== null && this.announced !== shown) say($("announcement"), `${id} is ${state}`);
    this.announced = shown;
    this.tick();
  }

  // Called each second: what depends on the time.
  tick() {
    const { circuit } = this.answer ?? {};
    if (!circuit) return;
    const now = this.world.now();
    const { order } = circuit;
    show($("order"), order !== null);
    if (order) {
      const end = order.until === null ? "until it is lifted" : `ends ${distance(order.until - now)}, at ${moment(order.until, now)}`;
      say($("order"), `${order.kind}, ${end}${order.by ? `, by ${order.by}` : ""}${order.why ? `: ${order.why}` : ""}. Without it the circuit would be ${circuit.stateWithoutOrder}.`);
    }
    say($("next"), this.answer.next);
    const left = circuit.nextAttempt === null ? 0 : circuit.nextAttempt - now;
    const isWaiting = left > 0;
    show($("countdown"), isWaiting);
    if (isWaiting) say($("countdown"), left < 60_000 ? wait(left) : span(left));
  }

  // The policy is the fleet's and not in the record: it judges slow calls if some are counted, or have opened the circuit before.
  slowGauge({ window, stateWithoutOrder }, threshold) {
    const isJudged = window.slow > 0 || threshold !== null;
    show($("slow-fact"), isJudged && stateWithoutOrder === "CLOSED");
    if (!isJudged) return;
    const slow = share(window.slow, window.calls);
    const limit = threshold === null ? "what the limit is, only the fleet knows" : `it last opened for them at ${percent(Number(threshold))}`;
    gauge("slow", "Slow calls", `${percent(slow)} of ${calls(window.calls)}; ${limit}`, { value: slow, limit: Number(threshold ?? 1) });
  }

  // The words of `breaker show`, but for what stands elsewhere on the page.
  evidence(lines) {
    const elsewhere = ["why: ", "next: ", "order in force: ", "counted lately: "];
    const shown = lines.filter((line, index) => index === 0 || !elsewhere.some((start) => line.startsWith(start)));
    const list = $("evidence");
    while (list.children.length > shown.length) list.lastChild.remove();
    while (list.children.length < shown.length) list.append(document.createElement("li"));
    shown.forEach((line, index) => { say(list.children[index], line); });
  }

  history(entries, state) {
    const now = this.world.now();
    const key = JSON.stringify(entries);
    show($("history-none"), entries.length === 0);
    show($("history"), entries.length > 0);
    const timed = entries.filter((entry) => entry.time !== undefined);
    show($("band"), timed.length > 0);
    if (timed.length > 0) this.band(timed, now, state);
    if (key === this.shown) return;
    this.shown = key;
    const changes = entries.filter((entry) => entry.event === "changed");
    const items = entries.map((entry) => {
      const item = document.createElement("li");
      const isChange = entry.event === "changed" || entry.event === "edited";
      item.dataset.kind = isChange ? entry.to : "order";
      if (entry.time !== undefined) {
        const time = document.createElement("time");
        time.textContent = moment(entry.time, now);
        time.dateTime = new Date(entry.time).toISOString();
        item.append(time);
      }
      const what = document.createElement("b");
      what.textContent = entry.what;
      item.append(what, entry.detail ? ` ${entry.detail}` : "");
      const next = changes[changes.indexOf(entry) + 1];
      if (entry.event === "changed" && next) {
        const lasted = document.createElement("span");
        lasted.className = "lasted";
        lasted.textContent = ` – for ${span(next.time - entry.time)}`;
        item.append(lasted);
      }
      return item;
    });
    $("history").replaceChildren(...items.reverse());
  }

  band(entries, now, state) {
    const start = entries[0].time;
    const length = Math.max(1, now - start);
    say($("history-span"), `${distance(start - now)} until now`);
    const pieces = [];
    const add = (kind, from, to) => {
      const piece = document.createElement("i");
      piece.dataset.is = kind;
      piece.style.setProperty("--from", Math.min(1, Math.max(0, (from - start) / length)));
      piece.style.setProperty("--to", Math.min(1, Math.max(0, (to - start) / length)));
      pieces.push(piece);
    };
    const changes = entries.filter((entry) => entry.event === "changed");
    if (changes.length === 0) add(state, start, now);
    else if (changes[0].from !== null) add(changes[0].from, start, changes[0].time);
    changes.forEach((entry, index) => { add(entry.to, entry.time, changes[index + 1]?.time ?? now); });
    const orders = entries.filter((entry) => entry.event === "ordered" || entry.event === "lifted" || entry.event === "ended");
    orders.forEach((entry, index) => {
      if (entry.event === "ordered") add("order", entry.time, orders[index + 1]?.time ?? now);
    });
    $("band").replaceChildren(...pieces);
  }
}
