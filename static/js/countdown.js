// The time left to a deadline within two days is kept true while the page stays open.
(() => {
  "use strict";
  const MINUTE = 60_000;
  const UNITS = [["day", 1440], ["hour", 60], ["minute", 1]];
  const lang = document.documentElement.lang;

  function span(minutes) {
    const [unit, size] = UNITS.find(([, length]) => minutes >= length) || ["minute", 1];
    const words = new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" });
    return words.format(Math.floor(minutes / size));
  }

  function refresh() {
    for (const note of document.querySelectorAll("[data-countdown]")) {
      const minutes = (new Date(note.dataset.countdown) - Date.now()) / MINUTE;
      if (minutes > 1 && minutes < 2 * 1440) note.textContent = note.dataset.words.replace("{span}", span(minutes));
    }
  }
  setInterval(refresh, MINUTE);
})();
