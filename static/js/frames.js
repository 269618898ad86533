/** Links that bring a part of another page into this one: a[data-into="id"]. */

import { changed, focusOn } from "./page.js";
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
    focusOn(fresh.querySelector("[autofocus]") ?? fresh);
  } catch {
    location.assign(a.href); // the browser says best what is wrong with the line
  }
}

export function startFrames() {
  document.addEventListener("click", (e) => {
    const a = e.target instanceof Element && /** @type {HTMLAnchorElement|null} */ (e.target.closest("a[data-into]"));
    if (!a || e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    follow(a);
  });
}
