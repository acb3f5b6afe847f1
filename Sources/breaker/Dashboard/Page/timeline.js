// SPDX-License-Identifier: Apache-2.0
// The story on a canvas. Above the line: calls that reached the service; below it: calls that were answered at once.
import { $, calls, clock, count, mark, say, show, span } from "./format.js";

const band = 20, lane = 18, strip = 8, gap = 6, axis = 16;
// Frames come every quarter of a second: the picture lags a little, so that it scrolls evenly.
const lag = 600;

export class Timeline {
  constructor(now, reduced) {
    Object.assign(this, { now, reduced });
    this.slices = new Map();
    this.events = [];
    this.seconds = 60;
    this.top = 4;
    this.selected = null;
    this.canvas = $("canvas");
    this.pen = this.canvas.getContext("2d");
    this.box = $("timeline");
    new ResizeObserver(() => this.resize()).observe(this.box);
    this.listen();
    this.readColors();
  }

  greet(hello) {
    this.width = hello.sliceWidth;
    this.limit = hello.sliceLimit;
    this.began = hello.began;
  }

  clear() {
    this.slices.clear();
    this.events = [];
    this.selected = null;
    $("events").replaceChildren();
  }

  readColors() {
    const probe = document.createElement("i");
    document.body.append(probe);
    const resolved = (name) => {
      probe.style.color = `var(--${name})`;
      return getComputedStyle(probe).color;
    };
    const names = ["success", "failure", "rejected", "held", "other", "fallback", "line", "faint", "ink", "surface", "closed", "open", "half"];
    this.colors = Object.fromEntries(names.map((name) => [name, resolved(name)]));
    this.font = `600 11px ${getComputedStyle(probe).fontFamily}`;
    probe.remove();
  }

  update(frame) {
    if (frame.whole) this.clear();
    this.end = frame.upTo;
    for (const [index, success, failed, timedOut, rejected, heldBack, throttled, other, probes, milliseconds, underWay] of frame.slices) {
      this.slices.set(index, { success, failed, timedOut, rejected, heldBack, throttled, other, probes, milliseconds, underWay });
    }
    for (const index of this.slices.keys()) {
      if (index > frame.upTo - this.limit) break;
      this.slices.delete(index);
    }
    if (frame.events.length > 0) {
      this.events = [...this.events, ...frame.events].slice(-400);
      this.list(frame.events);
    }
    show($("empty"), this.slices.size === 0);
    if (this.reduced.matches) this.draw();
    this.describe();
  }

  // MARK: the picture

  resize() {
    const { width, height } = this.box.getBoundingClientRect();
    const scale = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.pen.setTransform(scale, 0, 0, scale, 0, 0);
    Object.assign(this, { w: width, h: height });
    this.draw();
  }

  // Several slices to a column, so that one is wide enough to be seen and pointed at.
  get perColumn() {
    return Math.max(1, Math.ceil((this.seconds * 1000) / this.width / Math.max(1, this.w / 5)));
  }

  // Calls that ended are added up; of those under way, the most at once counts.
  sum(start, length) {
    const sum = { success: 0, failed: 0, timedOut: 0, rejected: 0, heldBack: 0, throttled: 0, other: 0, probes: 0, milliseconds: 0 };
    let underWay = 0;
    for (let index = start; index < start + length; index += 1) {
      const slice = this.slices.get(index);
      if (!slice) continue;
      for (const key in sum) sum[key] += slice[key];
      underWay = Math.max(underWay, slice.underWay);
    }
    return { ...sum, underWay };
  }

  get right() {
    return this.reduced.matches || this.stopped ? (this.end + 1) * this.width : this.now() - lag;
  }

  x(time) {
    return this.w - ((this.right - time) / (this.seconds * 1000)) * this.w;
  }

  draw() {
    if (!this.w || !this.end || !this.width) return;
    const { pen, colors, w, h } = this;
    pen.clearRect(0, 0, w, h);
    this.right_ = this.right;
    const first = this.right - this.seconds * 1000;
    this.drawBand(first);
    const top = band + lane, bottom = h - axis - strip - gap;
    const zero = Math.round(top + (bottom - top) * 0.62);
    this.drawAxis(first, top, bottom);
    const per = this.perColumn;
    const columns = [];
    let most = 0;
    for (let start = Math.floor(first / this.width / per) * per; start <= this.end; start += per) {
      const column = this.sum(start, per);
      const up = column.success + column.failed + column.timedOut + column.other + column.throttled;
      const down = column.rejected + column.heldBack;
      if (up + down + column.underWay > 0) columns.push([start, column, up, down]);
      most = Math.max(most, up, column.underWay, down * ((zero - top) / Math.max(1, bottom - zero)));
    }
    const goal = Math.max(4, most * 1.08);
    this.top += (goal - this.top) * (this.reduced.matches ? 1 : goal > this.top ? 0.25 : 0.05);
    const unit = (zero - top) / this.top;
    const wide = ((per * this.width) / (this.seconds * 1000)) * w;
    for (const [start, column, , down] of columns) this.drawColumn(this.x(start * this.width), wide, zero, unit, column, down);
    pen.fillStyle = colors.ink;
    pen.fillRect(0, zero, w, 1);
    this.drawScale(zero, top, unit, per);
    this.drawProbes(first);
    this.drawSelection(wide);
  }

  drawColumn(x, wide, zero, unit, column, down) {
    const { pen, colors, h } = this;
    const width = Math.max(1, wide - (wide > 3 ? 1 : 0));
    // Behind what ended: a hang is a field of calls that do not end.
    if (column.underWay > 0) {
      pen.fillStyle = colors.line;
      pen.fillRect(x, zero - column.underWay * unit, wide + 0.5, column.underWay * unit);
    }
    let y = zero;
    const block = (number, color) => {
      if (number === 0) return;
      const height = Math.max(1, number * unit);
      pen.fillStyle = color;
      pen.fillRect(x, y - height, width, height);
      y -= height;
    };
    block(column.success, colors.success);
    const failures = column.failed + column.timedOut;
    block(failures, colors.failure);
    // Failures have a light core, so that they differ by more than their color.
    if (failures > 0 && width > 3 && failures * unit > 4) {
      pen.fillStyle = colors.surface;
      pen.fillRect(x + width / 2 - 0.5, y + 1.5, 1, failures * unit - 3);
    }
    block(column.other + column.throttled, colors.other);
    if (down > 0) {
      pen.fillStyle = colors.rejected;
      pen.fillRect(x, zero + 1, width, Math.max(1, column.rejected * unit));
      if (column.heldBack > 0) {
        pen.fillStyle = colors.held;
        pen.fillRect(x, zero + 1 + column.rejected * unit, width, Math.max(1, column.heldBack * unit));
      }
    }
    const all = column.success + failures + column.other + down;
    if (all > 0) {
      const share = (all - column.success) / all;
      const y0 = h - axis - strip;
      pen.fillStyle = colors.success;
      pen.fillRect(x, y0, width, strip * (1 - share));
      pen.fillStyle = colors.fallback;
      pen.fillRect(x, y0 + strip * (1 - share), width, strip * share);
    }
  }

  drawBand(first) {
    const { pen, colors, w } = this;
    const changes = this.events.filter((event) => event.kind === "state").sort((a, b) => a.epoch - b.epoch);
    const color = { CLOSED: colors.closed, OPEN: colors.open, "HALF-OPEN": colors.half };
    let from = Math.max(first, this.began), state = "CLOSED";
    const piece = (to) => {
      const left = Math.max(0, this.x(from)), right = Math.min(w, this.x(to));
      if (right <= left) return;
      pen.fillStyle = color[state];
      pen.fillRect(left, 0, Math.max(1.5, right - left - 1), band);
      pen.font = this.font;
      pen.textBaseline = "middle";
      const label = state;
      if (right - left > pen.measureText(label).width + 12) {
        pen.fillStyle = colors.surface;
        pen.fillText(label, left + 6, band / 2 + 0.5);
      }
    };
    for (const change of changes) {
      if (change.at > from) {
        piece(change.at);
        from = change.at;
      }
      state = change.state;
    }
    piece(this.right);
    this.drawOrders(first);
    for (const event of this.events) {
      if (event.kind !== "order" || event.at < first) continue;
      const x = this.x(event.at);
      pen.fillStyle = colors.ink;
      pen.beginPath();
      pen.moveTo(x, band + 2);
      pen.lineTo(x - 5, band + 11);
      pen.lineTo(x + 5, band + 11);
      if (event.order) pen.fill();
      else {
        pen.closePath();
        pen.strokeStyle = colors.ink;
        pen.lineWidth = 1.5;
        pen.stroke();
      }
    }
  }

  // A dark edge under the states while an order is in force.
  drawOrders(first) {
    const orders = this.events.filter((event) => event.kind === "order");
    orders.forEach(({ at, order }, index) => {
      if (!order) return;
      const end = Math.min(order.until ?? Infinity, orders[index + 1]?.at ?? Infinity, this.right);
      if (end <= first) return;
      const left = Math.max(0, this.x(at));
      this.pen.fillStyle = this.colors.ink;
      this.pen.fillRect(left, band - 3, Math.max(2, this.x(end) - left), 4);
    });
  }

  drawProbes(first) {
    const { pen, colors } = this;
    for (const event of this.events) {
      if (event.kind !== "probe" || event.at < first) continue;
      const isGood = event.outcome === "success";
      const [x, y, r] = [this.x(event.at), band + lane / 2 + 1, 5];
      pen.beginPath();
      pen.moveTo(x, y - r);
      pen.lineTo(x + r, y);
      pen.lineTo(x, y + r);
      pen.lineTo(x - r, y);
      pen.closePath();
      pen.lineWidth = 2;
      pen.strokeStyle = isGood ? colors.success : colors.failure;
      pen.fillStyle = isGood ? colors.success : colors.surface;
      pen.fill();
      pen.stroke();
    }
  }

  drawAxis(first, top, bottom) {
    const { pen, colors, w, h } = this;
    const step = this.seconds > 60 ? 60_000 : w < 500 ? 20_000 : 10_000;
    pen.font = this.font.replace("600", "400");
    pen.textBaseline = "alphabetic";
    for (let time = Math.ceil(first / step) * step; time < this.right; time += step) {
      const x = this.x(time);
      pen.fillStyle = colors.line;
      pen.fillRect(x, top, 1, bottom - top);
      if (x < 4 || x > w - 50) continue;
      pen.fillStyle = colors.faint;
      pen.fillText(clock(time), x + 3, h - 3);
    }
  }

  drawScale(zero, top, unit, per) {
    const { pen, colors } = this;
    const seconds = (per * this.width) / 1000;
    const perSecond = (zero - top) / unit / seconds;
    const power = 10 ** Math.floor(Math.log10(perSecond));
    const step = [5, 2, 1].map((factor) => factor * power).find((value) => value <= perSecond) ?? power;
    const y = zero - step * seconds * unit;
    pen.fillStyle = colors.line;
    pen.fillRect(0, y, this.w, 1);
    pen.font = this.font.replace("600", "400");
    pen.fillStyle = colors.faint;
    pen.textBaseline = "alphabetic";
    pen.fillText(`${count(step)} calls/s`, 4, y - 3);
  }

  drawSelection(wide) {
    if (this.selected === null) return;
    const { pen, colors, h } = this;
    const x = this.x(this.selected * this.width);
    pen.strokeStyle = colors.ink;
    pen.lineWidth = 1.5;
    pen.strokeRect(x - 1, band + 1, Math.max(4, wide) + 1, h - axis - band - 2);
  }

  // MARK: details

  listen() {
    const at = (event) => {
      const box = this.canvas.getBoundingClientRect();
      const time = this.right - ((box.right - event.clientX) / box.width) * this.seconds * 1000;
      this.select(Math.floor(time / this.width));
    };
    this.box.addEventListener("pointermove", at);
    this.box.addEventListener("pointerdown", at);
    this.box.addEventListener("pointerleave", () => this.select(null));
    this.box.addEventListener("blur", () => this.select(null));
    this.box.addEventListener("keydown", (event) => this.key(event));
    for (const button of document.querySelectorAll("[data-range]")) {
      button.addEventListener("click", () => {
        this.seconds = Number(button.dataset.range);
        for (const other of document.querySelectorAll("[data-range]")) mark(other, "aria-pressed", other === button);
        this.draw();
      });
    }
  }

  key(event) {
    const per = this.perColumn;
    const here = this.selected ?? this.end;
    const steps = { ArrowLeft: -per, ArrowRight: per, ArrowDown: -per, ArrowUp: per };
    if (event.key in steps) this.select(here + steps[event.key]);
    else if (event.key === "Home") this.select(this.end - (this.seconds * 1000) / this.width + per);
    else if (event.key === "End" || event.key === "Escape") this.select(null);
    else if (event.key === "PageUp" || event.key === "PageDown") this.selectEvent(event.key === "PageUp" ? -1 : 1, here);
    else return;
    event.preventDefault();
  }

  selectEvent(direction, here) {
    const places = this.events.map((event) => Math.floor(event.at / this.width)).filter((place) => (direction < 0 ? place < here - this.perColumn + 1 : place > here));
    if (places.length > 0) this.select(direction < 0 ? Math.max(...places) : Math.min(...places));
  }

  select(index) {
    if (index !== null) {
      const per = this.perColumn;
      const oldest = this.end - (this.seconds * 1000) / this.width;
      index = Math.floor(Math.min(this.end, Math.max(oldest, index)) / per) * per;
    }
    this.selected = index;
    this.describe();
    if (this.reduced.matches) this.draw();
  }

  describe() {
    if (!this.end) return;
    const per = this.perColumn;
    const isNow = this.selected === null;
    const start = isNow ? this.end - Math.ceil(1000 / this.width) + 1 : this.selected;
    const length = isNow ? Math.ceil(1000 / this.width) : per;
    const text = `${isNow ? "The last second" : `${clock(start * this.width)}, ${span(per * this.width)}`}: ${this.words(start, length)}`;
    say($("details"), text);
    if (document.activeElement !== this.box && !isNow) return;
    mark(this.box, "aria-valuenow", isNow ? 0 : Math.round(((start - this.end) * this.width) / 1000));
    if (document.activeElement !== this.box || !isNow) mark(this.box, "aria-valuetext", isNow ? "now" : text);
  }

  words(start, length) {
    const sum = this.sum(start, length);
    const reached = sum.success + sum.failed + sum.timedOut + sum.other;
    const names = [
      ["success", "succeeded"], ["failed", "failed"], ["timedOut", "timed out"], ["rejected", "rejected"], ["heldBack", "held back by an order"],
      ["throttled", "found no environment"], ["other", "with another end"],
    ];
    const parts = names.filter(([key]) => sum[key] > 0).map(([key, word]) => `${count(sum[key])} ${word}`);
    if (parts.length === 0) parts.push(sum.underWay > 0 ? `no call ended, ${count(sum.underWay)} under way` : "no calls");
    else parts.unshift(calls(reached + sum.rejected + sum.heldBack + sum.throttled));
    const fallbacks = sum.failed + sum.timedOut + sum.rejected + sum.heldBack + sum.other;
    if (fallbacks > 0) parts.push(`${count(fallbacks)} got the fallback`);
    if (sum.probes > 0) parts.push(`${count(sum.probes)} ${sum.probes === 1 ? "was a probe" : "were probes"}`);
    if (reached > 0) parts.push(`${span(sum.milliseconds / reached)} each at the service`);
    const events = this.events.filter((event) => event.at >= start * this.width && event.at < (start + length) * this.width);
    return [parts.join(", "), ...events.map((event) => Timeline.tell(event))].join(". ");
  }

  static tell(event) {
    if (event.kind === "state") return `${event.state}${event.reason ? ` – ${event.reason}` : ""}`;
    if (event.kind === "probe") {
      const ended = event.outcome === "success" ? "succeeded" : event.outcome === "timedOut" ? "timed out" : event.outcome;
      return `probe of environment ${event.environment} ${ended} after ${span(event.milliseconds)}`;
    }
    const { order } = event;
    if (!order) return "order lifted";
    return `order ${order.kind} by ${order.by}${order.why ? `: ${order.why}` : ""}${order.until ? `, until ${clock(order.until)}` : ""}`;
  }

  list(events) {
    const list = $("events");
    for (const event of events) {
      const item = document.createElement("li");
      item.dataset.kind = event.kind === "state" ? event.state : event.kind;
      if (event.kind === "probe") item.dataset.good = event.outcome === "success";
      const time = document.createElement("time");
      time.textContent = clock(event.at);
      item.append(time, ` ${Timeline.tell(event)}`);
      list.prepend(item);
    }
    while (list.children.length > 40) list.lastChild.remove();
  }
}
