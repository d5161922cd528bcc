"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat("en");

  // Another threshold, from stored counts: nothing is asked again.
  const data = byId("thresholds");
  if (data) {
    const told = JSON.parse(data.textContent);
    const slider = byId("threshold"), shown = byId("at-threshold"), words = byId("told");
    const tell = () => {
      const at = Number(slider.value), row = told.rows[at];
      shown.textContent = told.edges[at].toFixed(2);
      const parts = [
        `${number.format(row.under)} pairs (${(100 * row.share).toFixed(1)} %)`,
        `${row.estimated ? "about " : ""}${number.format(row.rewritten)} rewritten`,
      ];
      if (row.tokens !== undefined) parts.push(`${number.format(row.calls)} calls, ${number.format(row.tokens)} tokens`);
      if (row.cost !== undefined) parts.push(`cost ${row.cost.toFixed(4)}`);
      words.textContent = parts.join(", ");
      slider.setAttribute("aria-valuetext", `${shown.textContent}: ${words.textContent}`);
    };
    slider.addEventListener("input", tell);
    tell();
    byId("slide").hidden = false;
  }

  // j and k: from pair to pair, opening lists on the way.
  const cards = Array.from(document.querySelectorAll(".card"));
  const typing = (node) => node instanceof HTMLElement && node.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const step = { j: 1, k: -1 }[event.key];
    if (!step || !cards.length) return;
    const here = document.activeElement ? cards.indexOf(document.activeElement.closest(".card")) : -1;
    const next = cards[Math.min(cards.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
    const list = next.closest("details.list");
    if (list) list.open = true;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    event.preventDefault();
  });

  // A pair's JSON to the clipboard; where that is not allowed it is selected.
  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = button.parentElement.querySelector("pre");
      try {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = "copied";
      } catch {
        const range = document.createRange();
        range.selectNodeContents(text);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        button.textContent = "selected";
      }
    });
  }
})();
