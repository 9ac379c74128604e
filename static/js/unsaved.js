// Leaving a page with unsaved entries asks first.
(() => {
  "use strict";
  document.addEventListener("input", ({ target }) => {
    if (target.form?.dataset.warnUnsaved) target.form.dataset.dirty = "yes";
  });
  document.addEventListener("submit", ({ target, defaultPrevented }) => {
    if (!defaultPrevented) delete target.dataset.dirty;
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]")) event.preventDefault();
  });
})();
