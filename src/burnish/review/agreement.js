// People and the model, as figures.

import { get, trying } from "./asking.js";
import { byId, make, number } from "./elements.js";

export async function figures() {
  const told = await trying(() => get("/api/agreement"));
  if (!told) return;
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const table = (caption, rows) => make("div", { class: "scroll" }, make("table", {}, make("caption", { text: caption }),
    make("thead", {}, make("tr", {}, ...["", "pairs", "accepted", "rejected", "edited", "accepted share", "95 % interval"]
      .map((text, at) => (text ? make("th", { scope: "col", class: at ? "n" : "", text }) : make("td"))))),
    make("tbody", {}, ...rows.map(([name, row]) => make("tr", {}, make("th", { scope: "row", text: name }),
      ...[row.pairs, row.accept, row.reject, row.edit].map((n) => make("td", { class: "n", text: number.format(n) })),
      make("td", { class: "n", text: percent(row.accepted_share) }),
      make("td", { class: "n quiet", text: `${percent(row.low)} to ${percent(row.high)}` }))))));
  if (!told.reviewed) return byId("figures").replaceChildren(make("p", { class: "note", text: "Nothing is decided yet." }));
  const kappa = told.kappa === null ? "cannot be told: one of the two says the same of every pair" : told.kappa.toFixed(3);
  byId("figures").replaceChildren(
    make("p", { text: `Is the text as found good? People and the model (it stands at ${told.below.toFixed(2)} or above) agree on ${number.format(told.agreed)} of ${number.format(told.labelled)} pairs; Cohen's kappa ${kappa}.` }),
    table("by what the run decided", Object.entries(told.by_decision)),
    table("by how the chosen text stands", told.by_score.map((row) => [`${row.from.toFixed(1)} to ${row.to.toFixed(1)}`, row])));
  return null;
}
