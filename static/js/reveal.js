// After loading: errors get the focus, and the present tab or section is scrolled into its strip.
(() => {
  "use strict";
  document.querySelector("[data-error-summary]")?.focus();
  for (const current of document.querySelectorAll(".tabs [aria-current], .wizard-nav [aria-current]")) {
    const strip = current.closest(".tabs, .wizard-nav ol");
    if (strip.scrollWidth > strip.clientWidth) {
      strip.scrollLeft = current.getBoundingClientRect().left - strip.getBoundingClientRect().left - 48;
    }
  }
})();
