// A link with data-copy copies its address and says so for two seconds.
(() => {
  "use strict";
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-copy]");
    if (!link || !navigator.clipboard) return;
    event.preventDefault();
    await navigator.clipboard.writeText(new URL(link.dataset.copy, window.location.href).href);
    const label = link.querySelector("span");
    if (label.dataset.before) return;
    label.dataset.before = label.textContent;
    label.setAttribute("role", "status");
    label.textContent = link.dataset.copied;
    setTimeout(() => {
      label.textContent = label.dataset.before;
      delete label.dataset.before;
    }, 2000);
  });
})();
