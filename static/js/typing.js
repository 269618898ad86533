/** What follows while somebody types: a search that narrows a list down, and themes that look alike. */

/**
 * @typedef {object} Page
 * @property {(part: Element) => void} changed
 * @property {(html: string) => DocumentFragment} parseFragment
 * @property {(html: string) => Document} parsePage
 */

const pause = 300; // ms without a key before the server is asked

/**
 * @param {HTMLFormElement} form
 * @param {Page} page
 */
export function serve(form, page) {
  let timer = 0;
  let asked = 0;
  form.addEventListener("input", (e) => {
    clearTimeout(timer);
    const turn = ++asked;
    const current = () => turn === asked;
    timer = setTimeout(() => (form.dataset.similar ? alike(form, e.target, page, current) : narrow(form, page, current)), pause);
  });
}

async function get(/** @type {URL|string} */ url) {
  try {
    const r = await fetch(url, { headers: { Accept: "text/html" } });
    return r.ok ? await r.text() : null;
  } catch {
    return null; // what is there stays; sending the form still works
  }
}

/** Puts the part that the form searches in place as it is for what was typed, and keeps the address. */
async function narrow(/** @type {HTMLFormElement} */ form, /** @type {Page} */ page, /** @type {() => boolean} */ current) {
  const url = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value) url.searchParams.set(name, String(value));
  const html = await get(url);
  const id = form.dataset.asYouType ?? "";
  const fresh = html && current() && page.parsePage(html).getElementById(id);
  const old = document.getElementById(id);
  if (!fresh || !old) return;
  old.replaceWith(fresh);
  page.changed(fresh);
  history.replaceState(history.state, "", url);
}

/** Shows below a title what looks like it. */
async function alike(
  /** @type {HTMLFormElement} */ form,
  /** @type {EventTarget|null} */ field,
  /** @type {Page} */ page,
  /** @type {() => boolean} */ current,
) {
  const row = field instanceof Element ? field.closest("fieldset") : null;
  const title = /** @type {HTMLInputElement|null} */ (row?.querySelector("[name=title]"));
  const place = row?.querySelector(".similar");
  if (!title || !place) return;
  const about = /** @type {HTMLTextAreaElement|null} */ (row?.querySelector("[name=description]"));
  const url = new URL(form.dataset.similar ?? "", location.href);
  url.searchParams.set("title", title.value.slice(0, 200));
  url.searchParams.set("description", about?.value.slice(0, 1000) ?? "");
  const html = await get(url);
  if (html !== null && current()) place.replaceChildren(page.parseFragment(html));
}
