// SPDX-License-Identifier: Apache-2.0
// Thousands of circuits: only the rows in sight are in the page.
import { $, count, distance, left, many, mark, say, show } from "./format.js";

const spare = 6;

export class CircuitList {
  constructor(world) {
    this.world = world;
    this.all = new Map();
    this.chosen = [];
    this.nodes = new Map();
    this.state = "all";
    this.lastFound = -1;
    this.box = $("rows");
    this.space = $("space");
    this.box.addEventListener("scroll", () => this.draw(), { passive: true });
    this.box.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.resize()).observe(this.box);
    $("search").addEventListener("input", () => this.choose(true));
    for (const button of document.querySelectorAll("[data-show]")) {
      button.addEventListener("click", () => {
        this.state = button.dataset.show;
        for (const other of document.querySelectorAll("[data-show]")) mark(other, "aria-pressed", other === button);
        this.choose(true);
      });
    }
  }

  update({ whole, rows, gone, tables }) {
    if (whole) this.all.clear();
    // Before the rows: a circuit that went may be back.
    for (const key of gone) this.all.delete(key);
    for (const [table, id, state, since, next, failures, calls, order, until, why, badness] of rows) {
      this.all.set(`${table}/${id}`, { table, id, state, since, next, failures, calls, order, until, why, badness, key: `${table}/${id}`, name: id.toLowerCase() });
    }
    this.notes(tables);
    if (whole || rows.length > 0 || gone.length > 0) this.choose();
    this.summary(tables);
  }

  // MARK: which, and in what order

  choose(isNew = false) {
    const part = $("search").value.trim().toLowerCase();
    const isIn = { all: () => true, ordered: (circuit) => circuit.order !== null }[this.state] ?? ((circuit) => circuit.state === this.state);
    this.chosen = [...this.all.values()].filter((circuit) => isIn(circuit) && (part === "" || circuit.name.includes(part)));
    this.chosen.sort((a, b) => (a.badness < b.badness ? -1 : a.badness > b.badness ? 1 : a.table - b.table));
    if (isNew) this.box.scrollTop = 0;
    mark($("grid"), "aria-rowcount", this.chosen.length + 1);
    this.space.style.height = `${this.chosen.length * this.rowHeight}px`;
    const isFiltered = part !== "" || this.state !== "all";
    show($("none"), this.chosen.length === 0);
    if (this.chosen.length === 0) say($("none"), isFiltered ? "No circuit is like that." : "No circuits yet.");
    if (isNew && this.chosen.length !== this.lastFound) say($("announcement"), many(this.chosen.length, "circuit"));
    this.lastFound = this.chosen.length;
    this.draw();
  }

  summary(tables) {
    const states = { OPEN: 0, "HALF-OPEN": 0, CLOSED: 0 };
    let ordered = 0;
    for (const circuit of this.all.values()) {
      states[circuit.state] += 1;
      if (circuit.order !== null) ordered += 1;
    }
    const isWhole = tables.every((table) => table.readAt !== null || table.problem !== null);
    const parts = [`${count(states.OPEN)} open`, `${count(states["HALF-OPEN"])} half-open`, `${count(states.CLOSED)} closed`];
    if (ordered > 0) parts.push(`${count(ordered)} under an order`);
    say($("summary"), `${parts.join(" · ")}${isWhole ? "" : " · still reading"}`);
    this.title = states.OPEN > 0 ? `${count(states.OPEN)} open – circuits` : "Circuits";
    document.title = this.title;
  }

  notes(tables) {
    const notes = [];
    for (const { name, others, unreadable } of tables) {
      if (others > 0) notes.push(`${many(others, "item")} of the table ${name} ${others === 1 ? "is no circuit and is" : "are no circuits and are"} left out`);
      if (unreadable.length > 0) notes.push(`In the table ${name}, these cannot be read: ${unreadable.slice(0, 10).join(", ")}${unreadable.length > 10 ? " and more" : ""}`);
    }
    const list = $("notes");
    while (list.children.length > notes.length) list.lastChild.remove();
    while (list.children.length < notes.length) list.append(document.createElement("li"));
    notes.forEach((note, index) => { say(list.children[index], note); });
  }

  // MARK: rows

  get rowHeight() {
    this.height ??= Number.parseFloat(getComputedStyle(document.body).getPropertyValue("--row")) || 40;
    return this.height;
  }

  resize() {
    this.height = null;
    this.space.style.height = `${this.chosen.length * this.rowHeight}px`;
    this.draw();
  }

  shown() {
    document.title = this.title ?? "Circuits";
    this.resize();
    this.nodes.get(this.left)?.link.focus({ preventScroll: true });
  }

  tick() {
    this.draw();
  }

  draw() {
    const { rowHeight } = this;
    const first = Math.max(0, Math.floor(this.box.scrollTop / rowHeight) - spare);
    const last = Math.min(this.chosen.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / rowHeight) + spare);
    const seen = new Set();
    for (let index = first; index < last; index += 1) {
      const circuit = this.chosen[index];
      seen.add(circuit.key);
      this.fill(this.nodes.get(circuit.key) ?? this.add(circuit), circuit, index);
    }
    for (const [key, node] of this.nodes) {
      if (seen.has(key)) continue;
      // Whoever holds the focus keeps it while the list moves.
      if (node.link === document.activeElement && this.all.has(key)) continue;
      node.row.remove();
      this.nodes.delete(key);
    }
  }

  add({ key, table, id }) {
    const row = document.createElement("div");
    row.className = "circuit-row";
    row.setAttribute("role", "row");
    const cell = (name) => {
      const element = document.createElement("span");
      element.className = name;
      element.setAttribute("role", "cell");
      row.append(element);
      return element;
    };
    const node = { row, name: cell("row-name"), state: cell("row-state"), since: cell("row-faint row-since"), next: cell("row-faint row-next") };
    Object.assign(node, { failures: cell("row-number"), order: cell("row-order"), why: cell("row-faint row-why") });
    const link = document.createElement("a");
    link.href = `#${table}/${encodeURIComponent(id)}`;
    link.textContent = id;
    link.title = id;
    link.addEventListener("focus", () => { this.left = key; });
    node.name.append(link);
    if (this.world.tables.length > 1) {
      const where = document.createElement("span");
      where.className = "row-table";
      where.textContent = ` ${this.world.tables[table].name}`;
      node.name.append(where);
    }
    node.link = link;
    this.space.append(row);
    this.nodes.set(key, node);
    return node;
  }

  fill(node, circuit, index) {
    const now = this.world.now();
    const isOver = circuit.order !== null && circuit.until !== null && circuit.until <= now;
    mark(node.row, "data-is", circuit.state);
    mark(node.row, "aria-rowindex", index + 2);
    const place = `translateY(${index * this.rowHeight}px)`;
    if (node.row.style.transform !== place) node.row.style.transform = place;
    say(node.state, circuit.state);
    say(node.since, circuit.since > 0 ? distance(circuit.since - now) : "–");
    say(node.next, circuit.next === null ? "–" : circuit.next <= now ? "now" : distance(circuit.next - now));
    say(node.failures, count(circuit.failures));
    say(node.order, circuit.order === null || isOver ? "" : `${circuit.order}${circuit.until === null ? "" : `, ${left(circuit.until - now)} left`}`);
    say(node.why, circuit.why || "–");
    if (node.why.title !== circuit.why) node.why.title = circuit.why;
  }

  key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || this.chosen.length === 0) return;
    event.preventDefault();
    const key = [...this.nodes].find(([, node]) => node.link === document.activeElement)?.[0];
    const here = key === undefined ? -1 : this.chosen.findIndex((circuit) => circuit.key === key);
    const index = Math.min(this.chosen.length - 1, Math.max(0, here + steps[event.key]));
    const top = index * this.rowHeight, bottom = top + this.rowHeight;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (bottom > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = bottom - this.box.clientHeight;
    this.draw();
    this.nodes.get(this.chosen[index].key)?.link.focus({ preventScroll: true });
  }
}
