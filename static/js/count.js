// Characters left, as people count them: one Chinese character is one, also outside the basic plane.
// Under a single line the count appears when the limit is near.
(() => {
  "use strict";
  const numbers = new Intl.NumberFormat("en");

  function show(note) {
    const field = document.getElementById(note.dataset.countFor);
    if (!field || field.hasAttribute("data-composing")) return;
    const left = Number(note.dataset.countMax) - [...field.value].length;
    const words = left < 0 ? note.dataset.wordsOver : note.dataset.words;
    note.textContent = words.replace("{n}", numbers.format(Math.abs(left)));
    note.classList.toggle("is-over", left < 0);
    if ("countNear" in note.dataset) note.hidden = left > Number(note.dataset.countMax) / 4;
  }

  const all = (root) => root.querySelectorAll("[data-count-for]").forEach(show);
  document.addEventListener("input", ({ target }) => {
    if (target.id) document.querySelectorAll(`[data-count-for="${CSS.escape(target.id)}"]`).forEach(show);
  });
  document.addEventListener("htmx:load", ({ target }) => all(target));
  all(document);
})();
