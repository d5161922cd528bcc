// The review page: the list, the decisions, the keys. How a pair looks is in cards.js.

import { figures } from "./agreement.js";
import { get, tell, trying } from "./asking.js";
import { DONE, cardOf, detailsOf, editorOf } from "./cards.js";
import { byId, make, number } from "./elements.js";

const list = byId("pairs"), form = byId("form"), more = byId("more");
const ORDERS = {
  output: "as in the output", worst: "worst first", best: "best first", borderline: "nearest to the threshold",
  gain: "largest gain", changed: "most changed", random: "drawn at random",
};
let overview = null, last = null, asked = 0;
const shown = new Map();  // id -> pair, as it was last told
const mine = [];          // ids of this page's own decisions, to be undone

// ---- a pair

function draw(pair) {
  shown.set(pair.id, pair);
  return cardOf(pair);
}

const cards = () => Array.from(list.querySelectorAll(".card"));
const here = () => document.activeElement && document.activeElement.closest(".card");
const idOf = (card) => Number(card.dataset.id);

function redraw(pair, hasFocus) {
  const old = byId(`pair-${pair.id}`);
  if (!old) return null;
  const image = old.querySelector(".thumb"), isSame = shown.get(pair.id).image === pair.image, fresh = draw(pair);
  if (isSame && image) fresh.querySelector(".thumb").replaceWith(image);
  old.replaceWith(fresh);
  if (hasFocus) fresh.focus({ preventScroll: true });
  return fresh;
}

function go(card) {
  if (!card) return;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

async function step(by) {
  const all = cards(), at = here() ? all.indexOf(here()) : -1;
  const next = at < 0 ? 0 : at + by;
  if (next >= all.length && !more.hidden) await load();
  go(cards()[Math.max(0, Math.min(cards().length - 1, next))]);
}

async function toUndecided() {
  const all = cards(), from = here() ? all.indexOf(here()) + 1 : 0;
  const found = all.slice(from).find((card) => !shown.get(idOf(card)).verdict);
  if (found) go(found);
  else if (!more.hidden) { await load(); go(cards().slice(all.length).find((card) => !shown.get(idOf(card)).verdict)); }
  else tell("No undecided pair follows in this list.");
}

// ---- deciding

async function decide(id, action, text = "") {
  const pair = shown.get(id);
  const answer = await trying(() => fetch(`/api/pairs/${id}/decision`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Review-Key": overview.key },
    body: JSON.stringify({ action, version: pair.version, text, by: byId("by").value.trim() }),
  }));
  if (!answer) return false;
  const content = await answer.json();
  const known = (each) => ({ ...each, at: pair.at });
  if (answer.status === 409) {
    conflict(redraw(known(content.pair), true), content.error.detail);
    return false;
  }
  if (!answer.ok) {
    tell(content.error.detail, true);
    return false;
  }
  redraw(known(content.pair), true);
  progress(content.progress);
  tell(action === "undo" ? `Taken back: ${pair.key}` : `${DONE[action]}: ${pair.key}`);
  return true;
}

// Somebody was faster: the pair as it is now, and what to do, beside it.
function conflict(card, detail) {
  const told = `${detail} This is how it stands now; decide again to go over it, or go on.`;
  tell(told, true);
  if (card) card.querySelector(".said").append(make("p", { class: "conflict", text: told }));
}

async function act(card, action) {
  const id = idOf(card);
  if (action === "details") return details(card);
  if (action === "edit") return edit(card);
  if (action === "undo") return undo(id);
  if (action === "original") {
    const found = (await trying(() => get(`/api/pairs/${id}`)));
    if (!found) return null;
    if (!found.changed) return tell("The text is as it was found: accept it instead.");
    return finish(id, await decide(id, "edit", found.found));
  }
  return finish(id, await decide(id, action));
}

async function finish(id, isDone) {
  if (!isDone) return;
  mine.push(id);
  const all = cards(), at = all.findIndex((card) => idOf(card) === id);
  if (at + 1 >= all.length && !more.hidden) await load();
  go(cards()[at + 1]);
}

async function undo(id) {
  if (await decide(id, "undo")) {
    const at = mine.lastIndexOf(id);
    if (at >= 0) mine.splice(at, 1);
    go(byId(`pair-${id}`));
  }
}

// The last decision of this page that still stands, else the pair in focus.
async function undoLast() {
  while (mine.length && !(shown.get(mine.at(-1)) || {}).verdict) mine.pop();
  const id = mine.length ? mine.at(-1) : here() && idOf(here());
  if (id === null || id === undefined || !(shown.get(id) || {}).verdict) return tell("There is nothing to undo.");
  return undo(id);
}

async function edit(card) {
  if (card.querySelector(".editor")) return;
  const id = idOf(card);
  const found = await trying(() => get(`/api/pairs/${id}`));
  if (!found) return;
  const editor = editorOf(id, found), box = editor.querySelector("textarea");
  const close = () => { editor.remove(); go(byId(`pair-${id}`)); };
  editor.addEventListener("submit", async (event) => {
    event.preventDefault();
    await finish(id, await decide(id, "edit", box.value));
  });
  editor.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); editor.requestSubmit(); }
  });
  editor.addEventListener("click", (event) => {
    const what = event.target.dataset.edit;
    if (what === "cancel") close();
    if (what === "found") { box.value = found.found; box.focus(); }
  });
  card.querySelector(".said").append(editor);
  box.focus();
}

async function details(card) {
  const old = card.querySelector(".all");
  if (old) { old.remove(); return; }
  const found = await trying(() => get(`/api/pairs/${idOf(card)}`));
  if (!found) return;
  card.append(detailsOf(found));
}

// ---- the list

function wanted() {
  const chosen = new URLSearchParams();
  const scored = form.low.value !== "" || form.high.value !== "";
  for (const [name, value] of new FormData(form))
    if (value !== "" && (scored || !["criterion", "side"].includes(name))) chosen.set(name, value);
  if (chosen.get("order") === "output") chosen.delete("order");
  return chosen;
}

async function load() {
  const query = wanted(), now = asked;
  if (last) { query.set("at", last.at); query.set("id", last.id); }
  more.disabled = true;
  const found = await trying(() => get(`/api/pairs?${query}`));
  more.disabled = false;
  if (!found || now !== asked) return;
  list.append(...found.pairs.map(draw));
  last = found.pairs.at(-1) || last;
  more.hidden = found.pairs.length < 50;
}

async function start() {
  asked += 1;
  const now = asked, query = wanted();
  last = null;
  shown.clear();
  list.replaceChildren();
  history.replaceState(null, "", query.size ? `#${query}` : location.pathname);
  byId("found").textContent = "looking …";
  await load();
  const found = await trying(() => get(`/api/count?${query}`));
  if (now !== asked) return;
  const text = found ? `${number.format(found.pairs)} ${found.pairs === 1 ? "pair" : "pairs"}` : "";
  byId("found").textContent = query.size ? text : `${text}, all of the output`;
}

// ---- what stands round it

function progress(told) {
  const done = told.accept + told.reject + told.edit;
  byId("bar").max = overview.pairs || 1;
  byId("bar").value = done;
  const parts = [`${number.format(done)} of ${number.format(overview.pairs)} decided`,
    `${number.format(told.accept)} accepted`, `${number.format(told.reject)} rejected`, `${number.format(told.edit)} edited`];
  if (told.stale) parts.push(`${number.format(told.stale)} of texts that are no longer there`);
  byId("progress").textContent = parts.join(" · ");
  if (byId("agreement").open) figures();
}

function options(select, entries) {
  const before = select.value;
  select.replaceChildren(...entries.map(([value, text]) => make("option", { value, text })));
  select.value = entries.some(([value]) => value === before) ? before : entries[0][0];
}

function controls() {
  for (const select of form.querySelectorAll("[data-facet]")) {
    const values = overview.facets[select.dataset.facet] || [];
    const named = values.map((each) => [each.value, `${each.shown === "?" ? "too short to say" : each.shown} (${number.format(each.pairs)})`]);
    const share = overview.languages_known / Math.max(1, overview.pairs);
    const all = select.name === "language" && share < 1 ? `all (${(100 * share).toFixed(0)} % looked at)` : "all";
    options(select, [["", all], ...named]);
    select.closest("label").hidden = !values.length && select.name !== "language";
  }
  options(byId("criterion"), [["-1", "how it stands"], ...overview.criteria.map((name, at) => [String(at), name])]);
  const named = (each) => {
    const [side, at] = each.split(":");
    return `${overview.criteria[Number(at)]}, ${side === "after" ? "chosen text" : "text as found"}`;
  };
  options(byId("order"), overview.orders.map((each) => [each, ORDERS[each] || named(each)]));
}

function restore() {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
    if (form.elements[name]) form.elements[name].value = value;
}

const KEYS = {
  j: () => step(1), k: () => step(-1), n: toUndecided, u: undoLast,
  "/": () => { byId("filters").open = true; byId("text").focus(); },
};
const ON_CARD = { a: "accept", r: "reject", e: "edit", o: "original", d: "details" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key !== "j" && event.key !== "k") return;
  if (event.target instanceof HTMLElement && event.target.closest("input, textarea, select")) {
    if (event.key === "Escape" && event.target.closest("#form")) go(here() || cards()[0]);
    return;
  }
  const card = here(), on = ON_CARD[event.key], work = KEYS[event.key];
  if (work) { event.preventDefault(); work(); }
  else if (on && card) { event.preventDefault(); act(card, on); }
  else if (on) { event.preventDefault(); step(1); }
});

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) act(button.closest(".card"), button.dataset.do);
});
more.addEventListener("click", load);
byId("agreement").addEventListener("toggle", () => byId("agreement").open && figures());
byId("by").addEventListener("input", () => localStorage.setItem("by", byId("by").value));
let waiting = 0;
form.addEventListener("input", (event) => {
  clearTimeout(waiting);
  waiting = setTimeout(start, event.target.matches("select") ? 0 : 250);
});
form.addEventListener("submit", (event) => { event.preventDefault(); start(); go(cards()[0]); });
form.addEventListener("reset", () => setTimeout(start, 0));

if (matchMedia("(max-width: 60rem)").matches) byId("filters").open = false;
byId("by").value = localStorage.getItem("by") || "";
overview = await trying(() => get("/api/overview"));
if (overview) {
  byId("output").textContent = overview.output;
  document.title = `burnish review: ${overview.output}`;
  byId("about").textContent = `${number.format(overview.pairs)} pairs, judged by ${overview.model}`;
  controls();
  restore();
  progress(overview.progress);
  await start();
  setInterval(async () => {
    if (overview.languages_known >= overview.pairs) return;
    const fresh = await trying(() => get("/api/overview"));
    if (!fresh) return;
    overview = { ...overview, facets: fresh.facets, languages_known: fresh.languages_known };
    if (!document.activeElement.closest("#form")) controls();
  }, 15000);
}
