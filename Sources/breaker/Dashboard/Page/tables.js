// SPDX-License-Identifier: Apache-2.0
// The page on real tables: asks the server each second for what changed in the list, or for the circuit in view.
import { CircuitDetail } from "./circuit-detail.js";
import { CircuitList } from "./circuit-list.js";
import { $, count, mark, say, show, silentServer } from "./format.js";
import { followTheme } from "./theme.js";

const every = 1000, whileReading = 250;

const world = { offset: 0, tables: [], author: null, now: () => performance.now() + world.offset };
const list = new CircuitList(world);
const detail = new CircuitDetail(world, () => ask(true));
let position = null, timer = null, asking = null;

// The circuit in view; null: the list is.
function inView() {
  const [, table, id] = /^#(\d+)\/(.+)$/.exec(location.hash) ?? [];
  if (id === undefined) return null;
  try {
    return { table: Number(table), id: decodeURIComponent(id) };
  } catch {
    return null;
  }
}

async function get(path) {
  const response = await fetch(`/dashboard/${path}`);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function link(state) {
  mark(document.body, "data-link", state);
  say($("link-text"), { live: "live", lost: "reconnecting", connecting: "connecting" }[state]);
}

function problem(text) {
  show($("banner"), text !== null);
  if (text !== null) say($("banner"), text);
}

// One question at a time; `isUrgent` does not wait for its turn.
async function ask(isUrgent = false) {
  clearTimeout(timer);
  if (asking && !isUrgent) return;
  const mine = {};
  asking = mine;
  let wait = every;
  try {
    if (document.hidden) return;
    const view = inView();
    // The list's first answer says whose page this is.
    if (view === null || position === null) wait = await askList();
    if (view !== null) await askCircuit(view);
    link("live");
  } catch (error) {
    link("lost");
    problem(error instanceof TypeError || error instanceof SyntaxError ? silentServer : error.message);
  } finally {
    if (asking === mine) {
      asking = null;
      timer = setTimeout(ask, wait);
    }
  }
}

async function askList() {
  const answer = await get(`circuits${position ? `?after=${encodeURIComponent(position)}` : ""}`);
  position = answer.position;
  world.offset = answer.now - performance.now();
  Object.assign(world, { tables: answer.tables, author: answer.author });
  say($("tables"), answer.tables.map((table) => table.name).join(", "));
  list.update(answer);
  cost(answer.cost);
  const ill = answer.tables.filter((table) => table.problem !== null);
  problem(ill.length > 0 ? ill.map((table) => table.problem).join("; ") : null);
  if (answer.more) return 0;
  return answer.tables.every((table) => table.readAt !== null || table.problem !== null) ? every : whileReading;
}

async function askCircuit(view) {
  const answer = await get(`circuit?table=${view.table}&id=${encodeURIComponent(view.id)}`);
  const now = inView();
  if (now === null || now.table !== view.table || now.id !== view.id) return;
  world.offset = answer.now - performance.now();
  problem(null);
  detail.update(answer, view);
}

// What reading costs while the page is open.
function cost(figures) {
  if (figures === null) return say($("cost"), "The list is read while this page is open; what that costs, the service does not say.");
  const { unitsPerHour, everySeconds } = figures;
  const dollars = Number(figures.dollarsPerHour);
  const money = dollars < 0.01 ? "less than 1 cent" : `about $${dollars.toFixed(2)}`;
  say($("cost"), `While it is open, this page reads the list every ${count(everySeconds)} s: ${count(unitsPerHour)} read units an hour, ${money} on demand in us-east-1. A circuit in view takes 3,600 reads an hour instead.`);
}

function route() {
  const view = inView();
  show($("list-view"), view === null);
  show($("detail-view"), view !== null);
  show($("cost"), view === null);
  if (view === null) {
    mark(document.body, "data-state", "CLOSED");
    mark(document.body, "data-overruled", false);
    list.shown();
  } else {
    detail.open(view);
  }
  problem(null);
  ask(true);
}

addEventListener("hashchange", route);
document.addEventListener("visibilitychange", () => document.hidden || ask());
$("back").addEventListener("click", (event) => {
  event.preventDefault();
  location.hash = "";
});
setInterval(() => (inView() === null ? list.tick() : detail.tick()), 1000);
followTheme();
route();
