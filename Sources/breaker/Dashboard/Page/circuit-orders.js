// SPDX-License-Identifier: Apache-2.0
// Orders for the circuit in view: given, lifted, undone. The server says when a person must be asked first.
import { command } from "./connection.js";
import { $, mark, say, show } from "./format.js";

export class CircuitOrders {
  constructor(world, changed) {
    Object.assign(this, { world, changed });
    $("order-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const seconds = $("seconds").value;
      this.send("order", { kind: $("kind").value, why: $("reason").value.trim(), ...(seconds === "" ? {} : { seconds: Number(seconds) }) });
    });
    $("lift").addEventListener("click", () => this.send("lift", { why: $("reason").value.trim() }));
    $("undo").addEventListener("click", () => this.send("undo"));
    $("reset").addEventListener("click", () => this.send("reset", { why: $("reason").value.trim() }));
    $("confirm-yes").addEventListener("click", () => this.send(this.asked.name, { ...this.asked.body, confirmed: true }));
    $("confirm-no").addEventListener("click", () => {
      this.ask(null);
      this.say("nothing was changed");
    });
  }

  open(table, id) {
    Object.assign(this, { table, id });
    this.ask(null);
    this.say("");
    $("reason").value = "";
    for (const name of ["lift", "undo"]) $(name).disabled = true;
  }

  update({ circuit, undo, table, id }) {
    const { author } = this.world;
    show($("order-form"), author !== null && circuit !== null);
    show($("read-only"), author === null);
    if (author === null) say($("command"), `breaker open ${id} --table ${table} --for 15m --why "…"`);
    else if ($("by").value === "" && document.activeElement !== $("by")) $("by").value = author;
    const isOrdered = circuit !== null && circuit.order !== null;
    if ($("lift").disabled === isOrdered) $("lift").disabled = !isOrdered;
    if ($("undo").disabled === undo) $("undo").disabled = !undo;
  }

  async send(name, body = {}) {
    const whole = { table: this.table, id: this.id, by: $("by").value.trim(), ...body };
    try {
      const answer = await command(name, whole);
      if (!answer.done) return this.ask({ name, body, text: answer.confirm });
      this.ask(null);
      this.say(`${whole.id}: ${answer.said}`);
    } catch (error) {
      this.ask(null);
      this.say(error.message, true);
    }
    this.changed();
  }

  ask(asked) {
    this.asked = asked;
    show($("confirm"), asked !== null);
    if (asked === null) return;
    say($("confirm-text"), asked.text);
    $("confirm-no").focus();
  }

  say(text, isError = false) {
    say($("said"), text);
    mark($("said"), "data-error", isError);
  }
}
