// A calendar beside a field that takes typed days, also ROC years.
(() => {
  "use strict";
  function prepare(root) {
    for (const picker of root.querySelectorAll("[data-day-picker]")) {
      picker.hidden = false;
      picker.removeAttribute("tabindex");
    }
  }
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-day-picker]") || !target.value) return;
    const field = document.getElementById(target.dataset.dayPicker);
    field.value = target.value.replaceAll("-", "/");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("htmx:load", ({ target }) => prepare(target));
  prepare(document);
})();
