// How a pair looks: its card, what opens below it, and the form in which its text is edited. Nothing is asked here.

import { diff, make, number, score } from "./elements.js";

export const DONE = { accept: "accepted", reject: "rejected", edit: "edited" };

function verdictOf(pair) {
  if (!pair.verdict) return null;
  const { action, by, parts } = pair.verdict;
  const words = `${DONE[action]}${by ? ` by ${by}` : ""}`;
  const told = make("p", { class: `verdict v-${action}` }, make("b", { text: words }));
  if (action === "edit") told.append(" ", diff(parts, 0));
  return told;
}

function buttons(pair) {
  const button = (action, text, key) =>
    make("button", { type: "button", "data-do": action, "aria-keyshortcuts": key, class: `do-${action}`, text });
  const undo = button("undo", "Undo", "u");
  undo.hidden = !pair.verdict;
  return make("div", { class: "buttons" }, button("accept", "Accept", "a"), button("reject", "Reject", "r"),
    button("edit", "Edit", "e"), undo, button("details", "Details", "d"));
}

function meta(pair) {
  const line = make("p", { class: "meta" }, make("span", { class: `badge d-${pair.decision}`, text: pair.decision }));
  if (pair.before !== null) {
    const told = make("span", { class: "mark", text: score(pair.before) });
    if (pair.after !== pair.before) told.append(" → ", make("b", { text: score(pair.after) }));
    line.append(" ", told);
  }
  for (const [name, value] of [["why", pair.reason], ["quiet", pair.language === "?" ? "" : pair.language]])
    if (value) line.append(" ", make("span", { class: name, text: value }));
  for (const flag of pair.flags) line.append(" ", make("span", { class: "flag", text: flag }));
  return line;
}

function picture(pair) {
  const image = make("img", { class: "thumb", alt: `Picture of pair ${pair.key}`, loading: "lazy", decoding: "async",
    src: `/api/pairs/${pair.id}/picture?image=${encodeURIComponent(pair.image)}` });
  image.addEventListener("error", () => image.replaceWith(make("span", { class: "thumb none", text: "no picture" })));
  return image;
}

export function cardOf(pair) {
  const text = pair.parts.length
    ? make("p", { class: "text" }, diff(pair.parts, pair.more))
    : make("p", { class: "text quiet", text: "no text" });
  const where = make("p", { class: "where" }, make("bdi", { text: pair.key }), " ",
    make("span", { class: "quiet", text: `${pair.shard} row ${number.format(pair.row)}` }));
  const verdict = verdictOf(pair);
  return make("article", { class: `card${verdict ? ` is-${pair.verdict.action}` : ""}`, id: `pair-${pair.id}`,
    tabindex: "-1", "data-id": pair.id, "aria-label": `Pair ${pair.key}, ${verdict ? DONE[pair.verdict.action] : "not decided"}` },
  make("div", { class: "pic" }, picture(pair)), make("div", { class: "said" }, text, meta(pair), where, verdict, buttons(pair)));
}

// The form alone; what it does is the page's. Its text is the chosen one.
export function editorOf(id, found) {
  const box = make("textarea", { rows: "3", maxlength: "10000", id: `edit-${id}`, spellcheck: "true" });
  box.value = found.text;
  return make("form", { class: "editor", "aria-label": `New text for pair ${found.key}` },
    make("label", { for: `edit-${id}`, text: "the right text (Ctrl+Enter saves, Esc leaves)" }), box,
    make("div", { class: "buttons" }, make("button", { text: "Save" }),
      make("button", { type: "button", "data-edit": "found", text: "Text as found" }),
      make("button", { type: "button", "data-edit": "cancel", text: "Cancel" })));
}

// All that is known of one pair.
export function detailsOf(found) {
  const rows = found.scores.map((each) => make("tr", {}, make("th", { scope: "row", text: each.criterion }),
    make("td", { class: "n", text: score(each.before) }), make("td", { class: "n", text: score(each.after) }),
    make("td", { class: "quiet", text: [each.state === "ok" ? "" : each.state, each.reason].filter(Boolean).join(": ") })));
  const head = ["criterion", "as found", "chosen", "why"].map((text) => make("th", { scope: "col", text }));
  const steps = found.edits.map((each) => make("li", {}, make("bdi", {}, make("del", { text: each.before }), " ",
    make("ins", { text: each.after })), " ", make("span", { class: "quiet", text: each.why })));
  const others = found.others.map((each) => make("p", { class: "text other" },
    make("span", { class: "quiet", text: [each.role, each.verdict].filter(Boolean).join(", ") }), " ", make("bdi", { text: each.text })));
  return make("div", { class: "all" },
    make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))),
    steps.length ? make("ul", { class: "steps" }, ...steps) : null, ...others,
    make("p", { class: "maker quiet", text: found.maker ? `text by ${found.maker}` : "text as found" }),
    make("pre", { tabindex: "0", "aria-label": "Whole decision as JSON", text: found.json }));
}
