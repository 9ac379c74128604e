// In a table of cells ([data-matrix]) the arrow keys move from cell to cell; Tab leaves it.
(() => {
  "use strict";
  const MOVES = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

  const cells = (table) => [...table.tBodies[0].rows].map((row) => [...row.cells].filter((cell) => cell.tagName === "TD"));
  const target = (cell) => cell.querySelector("a") || cell;

  for (const table of document.querySelectorAll("[data-matrix]")) {
    const all = cells(table);
    all.flat().forEach((cell) => {
      target(cell).tabIndex = -1;
    });
    const first = table.querySelector("td.is-planned") || all.flat()[0];
    if (first) target(first).tabIndex = 0;

    table.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      const here = event.target.closest("td");
      if (!move || !here || event.ctrlKey || event.metaKey || event.altKey) return;
      const row = all.findIndex((each) => each.includes(here));
      const next = all[row + move[0]]?.[all[row].indexOf(here) + move[1]];
      if (!next) return;
      event.preventDefault();
      target(here).tabIndex = -1;
      target(next).tabIndex = 0;
      target(next).focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  }
})();
