// Keyboard: / search, ? list, g h start, j k rows, x select, e edit, Ctrl+Enter save; and in a row the
// keys its buttons name ([data-key]). Never inside a field.
(() => {
  "use strict";
  const ROWS = "#results tbody tr, #results .list-row, #results .card, .attention-row";
  let before = "";

  const typing = (target) =>
    target.isContentEditable || (target.matches("input, textarea, select") && !target.matches("[type=checkbox], [type=radio], [type=button], [type=submit]"));

  // A page with several lists ([data-rows]) steps through the one in use, else through the main one.
  function rowsInUse() {
    const list = document.activeElement.closest("[data-rows]") || document.querySelector("[data-rows=main]");
    return [...(list ? list.querySelectorAll("[data-row]") : document.querySelectorAll(ROWS))];
  }

  function step(by) {
    const rows = rowsInUse();
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.contains(document.activeElement));
    const row = rows[Math.min(Math.max(now + by, 0), rows.length - 1)];
    const target = row.querySelector("a[href], button, input:not([type=hidden])") || row;
    target.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  const actions = {
    "/": () => document.getElementById("filter-q") || document.querySelector("[data-hotkey='/'], [type=search]"),
    "?": () => document.getElementById("help-keys")?.showModal(),
    j: () => step(1),
    k: () => step(-1),
    x: () => document.activeElement.closest("tr, li, article")?.querySelector("[data-select-row]")?.click(),
    e: () => document.querySelector("[data-edit], a[rel=edit]")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form[method=post]");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
    if (before === "g" && event.key === "h") window.location.assign("/");
    before = event.key;
    const own = document.activeElement.closest("[data-row]")?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (own) {
      event.preventDefault();
      own.click();
      return;
    }
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    const target = actions[event.key]();
    if (target instanceof HTMLElement) target.focus();
  });
})();
