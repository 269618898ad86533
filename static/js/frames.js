/** Links that bring a part of another page into this one: a[data-into="id"]. */

import { changed } from "./page.js";
import { parsePage } from "./parse.js";

async function follow(/** @type {HTMLAnchorElement} */ a) {
  const id = a.dataset.into ?? "";
  try {
    const r = await fetch(a.href, { headers: { Accept: "text/html" } });
    const fresh = r.ok && parsePage(await r.text()).getElementById(id);
    const old = document.getElementById(id);
    if (!fresh || !old) return location.assign(a.href);
    old.replaceWith(fresh);
    changed(fresh);
    focus(fresh);
  } catch {
    location.assign(a.href); // the browser says best what is wrong with the line
  }
}

function focus(/** @type {HTMLElement} */ part) {
  const target = /** @type {HTMLElement|null} */ (part.querySelector("[autofocus]")) ?? part;
  if (target === part && !part.hasAttribute("tabindex")) part.tabIndex = -1;
  target.focus();
}

export function startFrames() {
  document.addEventListener("click", (e) => {
    const a = e.target instanceof Element && /** @type {HTMLAnchorElement|null} */ (e.target.closest("a[data-into]"));
    if (!a || e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    follow(a);
  });
}
