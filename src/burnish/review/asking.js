// What is asked of the server, and what is said on the page of the answers.

import { byId } from "./elements.js";

const said = byId("said");

export async function get(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.error ? content.error.detail : answer.statusText);
  return content;
}

export function tell(text, isBad = false) {
  said.textContent = text;
  said.classList.toggle("bad", isBad);
}

// What may fail: its reason is shown, nothing else happens.
export async function trying(work) {
  try {
    return await work();
  } catch (error) {
    tell(error instanceof TypeError ? "The server does not answer. Is burnish review still running?" : error.message, true);
    return null;
  }
}
