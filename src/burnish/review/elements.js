// What pages are made of. Texts come from strangers: they are written as text alone, never as markup.

export const byId = (id) => document.getElementById(id);
export const number = new Intl.NumberFormat("en");

// An element with its text and its children.
export function make(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name === "text") node.textContent = value;
    else if (name === "class") node.className = value;
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

export const score = (value) => (value === null || value === undefined ? "–" : value.toFixed(2));

export function diff(parts, more) {
  const line = make("bdi");
  for (const [tag, text, spoken] of parts) {
    const inner = spoken
      ? make("span", { class: "u", text }, make("span", { class: "vh", text: ` ${spoken}` }))
      : document.createTextNode(text);
    line.append(tag ? make(tag, {}, inner) : inner);
  }
  if (more) line.append(make("span", { class: "more", text: ` … ${number.format(more)} more characters` }));
  return line;
}
