"use strict";
for (const table of document.querySelectorAll("table[data-sort]")) {
  table.classList.add("sortable");
  const heads = [...table.tHead.rows[0].cells];
  const key = (row, i) => row.cells[i].dataset.v ?? row.cells[i].textContent.trim();
  heads.forEach((head, i) => head.addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") === "descending";
    heads.forEach((h) => h.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const numeric = head.classList.contains("n");
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => {
      const x = key(a, i), y = key(b, i);
      const d = numeric ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
      return up ? d : -d;
    });
    table.tBodies[0].append(...rows);
  }));
}
