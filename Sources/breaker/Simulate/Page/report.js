// SPDX-License-Identifier: Apache-2.0
// The numbers under the pointer, at the same moment in every chart; left and right arrows move on a focused chart.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const points = Math.ceil(data.seconds / data.width);
  const plots = [...document.querySelectorAll(".plot")];
  const states = ["none yet", "CLOSED", "OPEN", "HALF-OPEN"];
  const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
  const clock = (second) => `${Math.floor(second / 60)}:${String(second % 60).padStart(2, "0")}`;

  const readout = document.createElement("div");
  readout.id = "readout";
  readout.hidden = true;
  readout.setAttribute("role", "status");
  document.body.append(readout);
  for (const plot of plots) {
    const hair = document.createElement("i");
    hair.className = "hair";
    hair.hidden = true;
    plot.append(hair);
  }
  const hairs = [...document.querySelectorAll(".hair")];

  const rows = {
    calls: (run, at) => [
      ["succeeded", run.succeeded[at]], ["rejected", run.rejected[at]], ["failed", run.failed[at]],
      ["timed out", run.timedOut[at]], ["turned away or lost", run.lost[at]],
    ],
    state: (run, at) => [
      ...(run.record.some((state) => state) ? [["record", states[run.record[at]]]] : []),
      ["see CLOSED", run.seeClosed[at]], ["see OPEN", run.seeOpen[at]], ["see HALF-OPEN", run.seeHalfOpen[at]],
      ["environments", run.environments[at]],
    ],
    load: (run, at) => [["reach the downstream", run.load[at]], ["it can answer", run.capacity[at]]],
    store: (run, at) => [["reads", run.reads[at]], ["writes", run.writes[at]], ["throttled", run.throttled[at]]],
  };
  const per = { calls: "calls a second", state: "environments", load: "calls a second", store: "requests a second" };

  let current = 0;

  function show(plot, at, x, y) {
    current = Math.max(0, Math.min(points - 1, at));
    document.documentElement.style.setProperty("--at", `${((current + 0.5) / points) * 100}%`);
    for (const hair of hairs) hair.hidden = false;
    const from = current * data.width, until = Math.min(from + data.width, data.seconds);
    const time = data.width > 1 ? `${clock(from)} to ${clock(until)}` : clock(from);
    const title = document.createElement("b");
    title.textContent = `${time}, ${per[plot.dataset.kind]}`;
    const name = document.createElement("span");
    name.textContent = plot.closest("figure").querySelector("b").textContent;
    const lines = rows[plot.dataset.kind](data.runs[plot.dataset.run], current).map(([label, value]) => {
      const line = document.createElement("div");
      for (const text of [label, typeof value === "number" ? grouped.format(value) : value]) {
        const part = document.createElement("span");
        part.textContent = text;
        line.append(part);
      }
      return line;
    });
    readout.replaceChildren(title, name, ...lines);
    readout.hidden = false;
    const box = readout.getBoundingClientRect();
    const left = x + 16 + box.width > innerWidth ? x - 16 - box.width : x + 16;
    readout.style.left = `${Math.max(4, left)}px`;
    readout.style.top = `${Math.max(4, Math.min(innerHeight - box.height - 4, y + 12))}px`;
  }

  function hide() {
    readout.hidden = true;
    for (const hair of hairs) hair.hidden = true;
  }

  for (const plot of plots) {
    const follow = (event) => {
      const box = plot.getBoundingClientRect();
      show(plot, Math.floor(((event.clientX - box.left) / box.width) * points), event.clientX, event.clientY);
    };
    plot.addEventListener("pointermove", follow);
    plot.addEventListener("pointerdown", follow);
    plot.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") hide(); });
    plot.addEventListener("blur", hide);
    plot.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return hide();
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -points, End: points }[event.key];
      if (!step) return;
      event.preventDefault();
      const box = plot.getBoundingClientRect();
      const at = Math.max(0, Math.min(points - 1, current + step));
      show(plot, at, box.left + ((at + 0.5) / points) * box.width, box.bottom);
    });
  }
  document.addEventListener("pointerdown", (event) => { if (!event.target.closest(".plot")) hide(); });
})();
