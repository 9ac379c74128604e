// Menus made of <details> close on Escape, on a click elsewhere and when the focus leaves;
// one that would leave the window opens to the other side.
(() => {
  "use strict";
  const open = () => document.querySelectorAll("details[data-menu][open]");

  document.addEventListener("click", ({ target }) => {
    open().forEach((menu) => menu.contains(target) || (menu.open = false));
  });
  // Pressing a label focuses what stands around the menu first: that is no leaving.
  document.addEventListener("focusin", ({ target }) => {
    open().forEach((menu) => menu.contains(target) || target.contains(menu) || (menu.open = false));
  });
  document.addEventListener("toggle", ({ target }) => {
    if (!target.matches("details[data-menu]")) return;
    target.classList.remove("is-turned");
    const list = target.open && target.lastElementChild.getBoundingClientRect();
    if (list) target.classList.toggle("is-turned", list.left < 0 || list.right > document.documentElement.clientWidth);
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open().forEach((menu) => {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    });
  });
})();
