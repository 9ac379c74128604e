// data-opens shows a dialog instead of following its link; data-confirm asks before a form is sent.
(() => {
  "use strict";
  const reveal = (root) =>
    root.querySelectorAll("button[data-opens][hidden]").forEach((button) => (button.hidden = false));

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog?.showModal && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      dialog.showModal();
    } else if (event.target.matches("dialog[open]")) {
      event.target.close("no");
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const dialog = document.getElementById("ask-first");
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (!question || !dialog?.showModal || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    dialog.querySelector("[data-question]").textContent = question;
    dialog.querySelector("[data-yes]").textContent = submitter?.textContent.trim() || dialog.querySelector("[data-yes]").textContent;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
      delete form.dataset.confirmed;
    }, { once: true });
    dialog.showModal();
  }, true);

  document.addEventListener("htmx:load", ({ target }) => reveal(target));
  reveal(document);
})();
