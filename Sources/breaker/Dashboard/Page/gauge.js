// SPDX-License-Identifier: Apache-2.0
// How near a count is to a limit.
import { $, mark, say } from "./format.js";

// What a gauge shows stands beside it in words too. `limit` is the fleet's, or nothing that can be reached.
export function gauge(id, name, text, { value, limit, kind = "bad", isCount = false }) {
  say($(`${id}-name`), name);
  say($(`${id}-text`), text);
  mark($(id), "aria-label", `${name}: ${text}`);
  // Segments while they can be counted at a glance, a bar beyond.
  const isCountable = isCount && limit <= 12 && Number.isInteger(limit);
  const wanted = isCountable ? limit : 1;
  const segments = $(id).children;
  while (segments.length > wanted) $(id).lastChild.remove();
  while (segments.length < wanted) $(id).append(document.createElement("i"));
  [...segments].forEach((segment, index) => {
    mark(segment, "data-kind", kind);
    segment.style.setProperty("--filled", isCountable ? (index < value ? 1 : 0) : Math.min(1, value / limit));
  });
}

export const share = (part, all) => (all === 0 ? 0 : part / all);
export const percent = (part) => `${Math.round(part * 100)} %`;
