// Typing Chinese: while an input method composes, nothing is submitted, counted or saved.
(() => {
  "use strict";
  document.addEventListener("compositionstart", ({ target }) => target.setAttribute("data-composing", ""));
  document.addEventListener("compositionend", ({ target }) => {
    target.removeAttribute("data-composing");
    target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229;
    if (composing && event.key === "Enter" && event.target.matches("input")) event.preventDefault();
  });
})();
