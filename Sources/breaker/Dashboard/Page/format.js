// SPDX-License-Identifier: Apache-2.0
// How numbers, times and words are shown; and writing to the page only what changed.
export const $ = (id) => document.getElementById(id);

export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function mark(element, name, value) {
  const text = String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

export function show(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}

export const silentServer = "The server does not answer. This is its last answer; the page reconnects by itself.";

const grouped = new Intl.NumberFormat("en");
export const count = (number) => grouped.format(number);
export const many = (number, word) => `${count(number)} ${word}${number === 1 ? "" : "s"}`;
export const calls = (number) => many(number, "call");

export function span(milliseconds) {
  const seconds = milliseconds / 1000;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

export const wait = (milliseconds) => `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;

export const clock = (milliseconds) => new Date(milliseconds).toTimeString().slice(0, 8);

// How long it is until then, or since: "in 20 s", "5 min ago".
export function distance(milliseconds) {
  const text = left(Math.abs(milliseconds));
  return milliseconds > 0 ? `in ${text}` : `${text} ago`;
}

export function left(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

// The time of day, with the date unless that is today.
export function moment(milliseconds, now) {
  const [then, today] = [new Date(milliseconds), new Date(now)];
  if (Number.isNaN(then.getTime())) return "after all calendars";
  return then.toDateString() === today.toDateString() ? clock(milliseconds) : `${then.toLocaleDateString("en-CA")} ${clock(milliseconds)}`;
}
