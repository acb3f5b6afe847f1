// SPDX-License-Identifier: Apache-2.0
// Light or dark: as the system has it, or as the button has it, which is kept.
import { $, mark } from "./format.js";

// `painted` is called when the colors are others.
export function followTheme(painted = () => {}) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const paint = (theme) => {
    theme ? mark(root, "data-theme", theme) : root.removeAttribute("data-theme");
    painted();
  };
  const kept = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
  paint(kept === "light" || kept === "dark" ? kept : null);
  dark.addEventListener("change", () => paint(root.dataset.theme ?? null));
  $("theme").addEventListener("click", () => {
    const isDark = (root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
    const theme = isDark ? "light" : "dark";
    try { localStorage.setItem("theme", theme); } catch { /* then it lasts as long as the page */ }
    paint(theme);
  });
}
