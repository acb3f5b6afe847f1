// SPDX-License-Identifier: Apache-2.0
// The fleet: what each environment does, what it believes, and how old its view is.
import { $, count, mark, say, show, span } from "./format.js";

// In whole seconds, so that not all tiles change all the time.
const whole = (milliseconds) => span(Math.floor(milliseconds / 1000) * 1000).replace(".0", "");

export class Fleet {
  constructor() {
    this.tiles = new Map();
    this.list = $("fleet");
  }

  greet(hello) {
    this.maxViewAge = hello.maxViewAge;
    say(
      $("fleet-lead"),
      `Each tile is an environment: a process that handles one call at a time and is frozen in between. It knows the circuit as it last saw it; a view older than ${whole(hello.maxViewAge)} is fetched again before the next call is let through.`,
    );
  }

  clear() {
    this.list.replaceChildren();
    this.tiles.clear();
  }

  update(fleet, circuit) {
    const seen = new Set();
    for (const [number, busy, idle, state, epoch, age] of fleet.environments) {
      seen.add(number);
      const tile = this.tiles.get(number) ?? this.add(number);
      // One that is frozen has nothing to look at the record for: only one at work can be behind.
      const isOld = state !== null && epoch !== circuit.epoch;
      const isBehind = isOld && Boolean(busy);
      mark(tile.item, "data-belief", state ?? "none");
      mark(tile.item, "data-now", busy ? "busy" : "frozen");
      mark(tile.item, "data-age", age === null ? "none" : age <= this.maxViewAge ? "fresh" : isBehind ? "behind" : "old");
      say(tile.belief, state ?? "starting");
      say(tile.now, busy ? "busy" : idle >= 1000 ? `frozen ${whole(idle)}` : "frozen");
      say(tile.age, age === null ? "no view yet" : `${age < 1000 ? `${(age / 1000).toFixed(1)} s` : whole(age)} old${isBehind ? ", behind" : isOld ? ", before the change" : ""}`);
    }
    const gone = new Set(fleet.gone);
    for (const [number, tile] of this.tiles) {
      if (seen.has(number)) continue;
      if (gone.has(number)) {
        mark(tile.item, "data-now", "recycled");
        say(tile.now, "recycled");
        say(tile.age, "forgot all");
      } else {
        tile.item.remove();
        this.tiles.delete(number);
      }
    }
    const parts = [`${count(fleet.busy)} busy`, `${count(fleet.idle)} frozen`, `${count(fleet.recycled)} recycled`];
    say($("fleet-summary"), fleet.started === 0 ? "no environment yet" : parts.join(" · "));
    const hidden = fleet.busy + fleet.idle - fleet.environments.length;
    show($("fleet-more"), hidden > 0);
    if (hidden > 0) say($("fleet-more"), `and ${count(hidden)} more that were used less recently`);
  }

  // In the order of their numbers; a new one is nearly always the last.
  add(number) {
    const item = document.createElement("li");
    const part = (name, text = "") => {
      const element = document.createElement("span");
      element.className = name;
      element.textContent = text;
      item.append(element);
      return element;
    };
    part("tile-number", `#${number}`);
    const tile = { item, now: part("tile-now"), belief: part("tile-belief"), age: part("tile-age") };
    const after = [...this.tiles.entries()].filter(([other]) => other > number).sort(([a], [b]) => a - b)[0];
    after ? after[1].item.before(item) : this.list.append(item);
    this.tiles.set(number, tile);
    return tile;
  }
}
