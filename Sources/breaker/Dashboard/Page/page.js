// SPDX-License-Identifier: Apache-2.0
import { Circuit } from "./circuit.js";
import { Connection } from "./connection.js";
import { Controls } from "./controls.js";
import { Fleet } from "./fleet.js";
import { $, count, many, mark, say, show, silentServer, span } from "./format.js";
import { followTheme } from "./theme.js";
import { Timeline } from "./timeline.js";
import { Tour } from "./tour.js";

const reduced = matchMedia("(prefers-reduced-motion: reduce)");
let connection;
const now = () => connection?.now() ?? Date.now();
const circuit = new Circuit(now);
const timeline = new Timeline(now, reduced);
const fleet = new Fleet();
const controls = new Controls();
const world = { now, frame: null, hello: null, get events() { return timeline.events; } };
const tour = new Tour(world);

connection = new Connection({
  hello(hello) {
    world.hello = hello;
    for (const part of [circuit, timeline, fleet, controls]) part.greet(hello);
  },
  frame(frame) {
    world.frame = frame;
    circuit.update(frame.circuit);
    timeline.update(frame);
    controls.update(frame);
    totals(frame.totals);
    mark($("link"), "title", frame.late > 0 ? `${count(frame.late)} frames came late and were put together` : "");
    if (frame.fleet) fleet.update(frame.fleet, frame.circuit);
  },
  link(state) {
    if (document.body.dataset.link === state) return;
    mark(document.body, "data-link", state);
    say($("link-text"), { live: "live", lost: "reconnecting", connecting: "connecting" }[state]);
    show($("banner"), state === "lost");
    if (state === "lost") say($("banner"), silentServer);
    timeline.stopped = state !== "live";
  },
  restarted() {
    fleet.clear();
    tour.stop("The server has restarted, so the tour has ended.");
    say($("announcement"), "The server has restarted; so does this page's story.");
  },
});

function totals(total) {
  const requests = total.reads + total.reports + total.changes;
  const fallbacks = total.calls - total.success;
  say($("total-calls"), count(total.calls));
  say($("how-calls"), `${count(total.success)} by the service, ${count(fallbacks)} by the fallback${total.throttled > 0 ? `; ${count(total.throttled)} more found no free environment` : ""}.`);
  say($("total-saved"), count(total.saved));
  say($("how-saved"), `Calls that the circuit rejected: none of them reached the service.${total.heldBack > 0 ? ` ${count(total.heldBack)} held back by an order are not counted.` : ""}`);
  say($("total-time"), span(total.millisecondsSaved));
  say($("how-time"), `For each saved call, how long the 20 failures before it took on average${total.meanFailure > 0 ? `, now ${span(total.meanFailure)}` : ""}, less its own time.`);
  say($("total-store"), count(requests));
  const each = total.calls > 0 ? `, ${(requests / total.calls * 100).toFixed(1)} for 100 calls` : "";
  say($("how-store"), `${many(total.reads, "read")}, ${many(total.reports, "report")}, ${many(total.changes, "change")} of the record${each}. This page's own are not counted.`);
}

function draw() {
  requestAnimationFrame(draw);
  if (reduced.matches || document.body.dataset.link !== "live") return;
  timeline.draw();
}
requestAnimationFrame(draw);
setInterval(() => circuit.tick(), 100);

// On a phone the orders come right after the state; moved, not only drawn there, so that Tab and screen readers follow.
const phone = matchMedia("(max-width: 720px)");
function place() {
  const orders = [$("orders"), $("said")];
  if (phone.matches) $("circuit").after(...orders);
  else $("in-force").before(...orders);
}
phone.addEventListener("change", place);
place();

followTheme(() => {
  timeline.readColors();
  timeline.draw();
});
