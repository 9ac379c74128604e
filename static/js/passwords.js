// A password can be looked at before it is sent.
(() => {
  "use strict";
  const reveal = (root) =>
    root.querySelectorAll("[data-show-password]").forEach((button) => (button.hidden = false));

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-show-password]");
    if (!button) return;
    const field = document.getElementById(button.dataset.showPassword);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    [button.textContent, button.dataset.hideWord] = [button.dataset.hideWord, button.textContent];
  });
  document.addEventListener("htmx:load", ({ target }) => reveal(target));
  reveal(document);
})();
