// SPDX-License-Identifier: Apache-2.0
// What the page can do: the service, the load, orders. What the server has is what is shown.
import { command } from "./connection.js";
import { $, count, mark, say, show, span } from "./format.js";

export class Controls {
  constructor() {
    this.held = new Set();
    this.slider("success", "downstream", (value) => ({ successPercent: value }), (value) => `${value} %`);
    this.slider("latency", "downstream", (value) => ({ latencyMilliseconds: value }), span);
    this.slider("rate", "load", (value) => ({ callsPerSecond: value }), count);
    for (const button of document.querySelectorAll("[data-mode]")) {
      button.addEventListener("click", () => this.send("downstream", { mode: button.dataset.mode }));
    }
    for (const form of document.querySelectorAll("form")) form.addEventListener("submit", (event) => event.preventDefault());
    $("burst").addEventListener("click", () => this.burst());
    $("order-form").addEventListener("submit", () => this.order());
    $("lift").addEventListener("click", () => this.send("lift", {}, "the order is lifted"));
    $("reset").addEventListener("click", () => this.send("reset", { why: $("reason").value }, "the circuit is reset"));
  }

  greet(hello) {
    const list = $("settings");
    list.replaceChildren();
    for (const [name, value] of hello.settings) {
      const row = document.createElement("div");
      const [term, text] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      text.textContent = value;
      row.append(term, text);
      list.append(row);
    }
    const isUpstream = hello.upstream !== null;
    show($("service-form"), !isUpstream);
    show($("upstream"), isUpstream);
    if (isUpstream) say($("upstream"), `This is your own service, at ${hello.upstream}. Stop it, slow it down, and watch.`);
    $("tour-start").disabled = isUpstream;
    if (isUpstream) $("tour-start").title = "The tour drives the built-in service: start without --upstream-url.";
  }

  update({ downstream, load, circuit }) {
    if (downstream) {
      this.follow("success", downstream.successPercent);
      this.follow("latency", downstream.latencyMilliseconds);
      for (const button of document.querySelectorAll("[data-mode]")) mark(button, "aria-pressed", button.dataset.mode === downstream.mode);
    }
    this.follow("rate", load.callsPerSecond);
    if (load.notSent > 0) say($("load-note"), `${count(load.notSent)} calls were not sent, since too many were under way.`);
    if ($("lift").disabled !== (circuit.order === null)) $("lift").disabled = circuit.order === null;
  }

  // A slider that somebody holds is not moved under the hand.
  follow(id, value) {
    if (this.held.has(id)) return;
    const input = $(id);
    if (Number(input.max) < value) input.max = value;
    if (Number(input.value) !== value) input.value = value;
    say($(`${id}-out`), this.shown[id](value));
  }

  slider(id, name, body, shown) {
    this.shown = { ...this.shown, [id]: shown };
    const input = $(id);
    let timer = null;
    const send = () => {
      timer = null;
      setTimeout(() => timer === null && this.held.delete(id), 600);
      this.send(name, body(Number(input.value)));
    };
    input.addEventListener("input", () => {
      this.held.add(id);
      say($(`${id}-out`), shown(Number(input.value)));
      timer ??= setTimeout(send, 120);
    });
  }

  async burst() {
    const size = Number($("burst-size").value);
    try {
      say($("said"), `${count(size)} calls at once …`);
      const answer = await command("burst", { calls: size });
      const parts = [["success", "succeeded"], ["failed", "failed"], ["rejected", "rejected"], ["throttled", "found no environment"]];
      const ends = parts.filter(([key]) => answer[key] > 0).map(([key, word]) => `${count(answer[key])} ${word}`);
      this.say(`${count(answer.calls)} calls in ${count(answer.environments)} environments: ${ends.join(", ")}${answer.probes > 0 ? `; probes: ${count(answer.probes)}` : ""}`);
    } catch (error) {
      this.say(error.message, true);
    }
  }

  order() {
    const seconds = $("seconds").value.trim();
    const body = { kind: $("kind").value, why: $("reason").value };
    if (seconds !== "") body.seconds = Number(seconds);
    return this.send("order", body, `the order ${body.kind} is given`);
  }

  async send(name, body, done = "") {
    try {
      await command(name, body);
      this.say(done);
    } catch (error) {
      this.say(error.message, true);
    }
  }

  say(text, isError = false) {
    say($("said"), text);
    mark($("said"), "data-error", isError);
  }
}
