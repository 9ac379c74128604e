// One box selects all rows of the page; the bar below says how many are selected.
(() => {
  "use strict";
  const rows = (scope) => [...scope.querySelectorAll("[data-select-row]")];
  const scopeOf = (element) => element.closest("form") || document;

  function show(scope) {
    const chosen = rows(scope).filter((box) => box.checked).length;
    const head = scope.querySelector("[data-select-all]");
    if (head) {
      head.checked = chosen > 0 && chosen === rows(scope).length;
      head.indeterminate = chosen > 0 && !head.checked;
    }
    const words = scope.querySelector("[data-selected-words]");
    if (!words) return;
    words.dataset.before ??= words.textContent;
    words.textContent = chosen ? words.dataset.selectedWords.replace("{n}", chosen) : words.dataset.before;
  }

  const reveal = (root) => root.querySelectorAll("[data-select-all]").forEach((box) => (box.hidden = false));

  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-select-all]")) rows(scopeOf(target)).forEach((box) => (box.checked = target.checked));
    if (target.matches("[data-select-all], [data-select-row]")) show(scopeOf(target));
  });
  document.addEventListener("htmx:load", ({ target }) => reveal(target));
  reveal(document);
})();
