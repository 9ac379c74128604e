// In a list that scrolls by itself, the chosen row is in sight when the page opens.
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    for (const row of document.querySelectorAll("[data-rows] [aria-current]")) {
      const list = row.closest("[data-rows]");
      if (list.scrollHeight > list.clientHeight) {
        list.scrollTop = row.offsetTop - list.offsetTop - (list.clientHeight - row.offsetHeight) / 2;
      }
    }
  });
})();
