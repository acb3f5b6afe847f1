// SPDX-License-Identifier: Apache-2.0
// A tour of four steps that drives the controls itself, and tells what really happened.
import { command } from "./connection.js";
import { $, calls, count, say, show, span } from "./format.js";

const burst = 40;
const ended = Symbol("the tour has ended");

export class Tour {
  constructor(world) {
    this.world = world;
    this.steps = [
      ["All is well", (tour) => tour.healthy()],
      ["The service fails", (tour) => tour.outage()],
      ["It recovers", (tour) => tour.recovery()],
      ["No stampede", (tour) => tour.stampede()],
    ];
    $("tour-start").addEventListener("click", () => this.start());
    $("tour-end").addEventListener("click", () => this.end());
    $("tour-steps").replaceChildren(...this.steps.map(() => document.createElement("li")));
  }

  get isRunning() {
    return this.run !== undefined;
  }

  async start() {
    this.end();
    const run = Symbol();
    this.run = run;
    document.body.classList.add("touring");
    show($("tour"), true);
    $("tour-start").disabled = true;
    try {
      for (const [index, [title, act]] of this.steps.entries()) {
        await this.step(run, index, title, act);
      }
      this.end();
    } catch (error) {
      if (error === ended) return;
      say($("tour-text"), `The tour stops here: ${error.message}.`);
    }
  }

  async step(run, index, title, act) {
    [...$("tour-steps").children].forEach((item, number) => {
      item.className = number < index ? "done" : number === index ? "now" : "";
    });
    say($("tour-title"), `${index + 1} of ${this.steps.length}: ${title}`);
    $("tour-title").focus({ preventScroll: true });
    const next = $("tour-next");
    next.disabled = true;
    const following = this.steps[index + 1];
    say(next, following ? `Next: ${following[0].toLowerCase()}` : "Finish");
    const pressed = new Promise((resolve) => {
      this.pressed = resolve;
    });
    next.onclick = () => this.pressed();
    this.check(run);
    await act({
      tell: (text) => this.run === run && say($("tour-text"), text),
      until: (isSo, seconds) => this.until(run, isSo, seconds),
      healthy: () => this.healthy(run),
      outage: () => this.outage(run),
      recovery: () => this.recovery(run),
      stampede: () => this.stampede(run),
    });
    this.check(run);
    next.disabled = false;
    await pressed;
    this.check(run);
  }

  end() {
    if (this.run === undefined) return;
    this.run = undefined;
    document.body.classList.remove("touring");
    this.pressed?.();
    show($("tour"), false);
    $("tour-start").disabled = false;
    $("tour-start").focus({ preventScroll: true });
  }

  stop(why) {
    if (!this.isRunning) return;
    this.end();
    say($("said"), why);
  }

  check(run) {
    if (this.run !== run) throw ended;
  }

  async until(run, isSo, seconds = 120) {
    const limit = performance.now() + seconds * 1000;
    while (!isSo(this.world.frame)) {
      this.check(run);
      if (performance.now() > limit) throw new Error("what should happen now did not");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.check(run);
  }

  tell(run, text) {
    if (this.run === run) say($("tour-text"), text);
  }

  // MARK: the four steps

  async healthy(run) {
    this.tell(run, "Setting things up …");
    await command("lift");
    await command("downstream", { mode: "normal", successPercent: 100, latencyMilliseconds: 40 });
    await command("reset", { why: "the tour begins" });
    await command("load", { callsPerSecond: 20 });
    const before = this.world.frame.totals;
    await this.until(run, ({ circuit, totals }) => circuit.state === "CLOSED" && circuit.order === null && totals.success >= before.success + 40);
    const { totals } = this.world.frame;
    const requests = (({ reads, reports, changes }) => reads + reports + changes);
    this.tell(
      run,
      `Twenty callers a second ask the service, and it answers. The circuit is CLOSED: calls go straight through. ${calls(totals.calls - before.calls)} cost ${count(requests(totals) - requests(before))} requests to the shared record.`,
    );
  }

  async outage(run) {
    const before = this.world.frame.totals;
    this.tell(run, "From now on every call takes 0.8 s, and then fails. Watch the failures being counted …");
    await command("downstream", { successPercent: 0, latencyMilliseconds: 800 });
    const since = this.world.frame.circuit.epoch;
    await this.until(run, () => this.changed(since, "OPEN"));
    const { reason } = this.world.events.find((event) => event.kind === "state" && event.epoch > since && event.state === "OPEN");
    await this.until(run, ({ totals }) => totals.saved >= before.saved + 40);
    const { totals } = this.world.frame;
    this.tell(
      run,
      `The circuit is now OPEN, since ${reason}. ${calls(totals.saved - before.saved)} got the fallback at once since then, instead of waiting 0.8 s for a failure: ${span(totals.millisecondsSaved - before.millisecondsSaved)} saved so far. The service is left alone.`,
    );
  }

  async recovery(run) {
    const since = this.world.frame.circuit.epoch;
    await command("downstream", { successPercent: 100, latencyMilliseconds: 700 });
    this.tell(run, "The service is well again, if a little slow. Nobody knows yet: when the countdown ends, one call sets out as a probe …");
    await this.until(run, () => this.changed(since, "HALF-OPEN"));
    this.tell(run, "HALF-OPEN: one probe at a time goes through, all others still get the fallback …");
    await this.until(run, () => this.changed(since, "CLOSED"));
    const { at } = this.world.events.findLast((event) => event.kind === "state" && event.state === "HALF-OPEN");
    const probes = this.world.events.filter((event) => event.kind === "probe" && event.at >= at && event.outcome === "success").length;
    await command("downstream", { latencyMilliseconds: 40 });
    this.tell(run, `${count(probes)} probes were enough to know: the circuit is CLOSED again, for all environments at once.`);
  }

  async stampede(run) {
    const size = Math.min(burst, this.world.hello.environments);
    this.tell(run, `First, ${count(size)} environments at work at once …`);
    await command("downstream", { latencyMilliseconds: 300 });
    await command("burst", { calls: size });
    this.check(run);
    const since = this.world.frame.circuit.epoch;
    await command("downstream", { successPercent: 0 });
    await this.until(run, () => this.changed(since, "OPEN"));
    await command("load", { callsPerSecond: 0 });
    await command("downstream", { successPercent: 100, latencyMilliseconds: 700 });
    this.tell(run, `The service failed again, and the circuit opened. ${count(size)} environments now wait for the same moment: the end of the countdown. Breakers that each live in one process would all try at once …`);
    await this.until(run, ({ circuit }) => circuit.state === "OPEN" && this.world.now() > circuit.nextAttempt + 30);
    const answer = await command("burst", { calls: size });
    this.check(run);
    await command("load", { callsPerSecond: 20 });
    await this.until(run, () => this.changed(since, "CLOSED"));
    await command("downstream", { latencyMilliseconds: 40 });
    this.tell(
      run,
      `${count(answer.environments)} environments asked in the same instant. ${count(answer.probes)} went through as a probe, ${count(answer.rejected)} got the fallback at once: no stampede. Now the controls are yours.`,
    );
  }

  // Whether the circuit came to a state after an epoch.
  changed(epoch, state) {
    return this.world.events.some((event) => event.kind === "state" && event.epoch > epoch && event.state === state);
  }
}
