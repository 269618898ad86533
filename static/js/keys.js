/** Shortcuts: data-hotkey on what they press, and moving through the items. */

import { install } from "../vendor/github-hotkey@3.1.4/index.js";

/**
 * What the loader gives.
 * @typedef {{ everyPart: (look: (part: ParentNode) => void) => void, goTo: (el: HTMLElement) => void }} Page
 */

const rows = "#timeline > li > [id], [data-row]";

/** Signs such as "/" need Shift on some keyboards. */
const variants = (/** @type {string} */ keys) => (/^[^\w\s]$/.test(keys) ? `${keys},Shift+${keys}` : keys);

function act(/** @type {string} */ keys, /** @type {() => void} */ does) {
  const button = document.createElement("button");
  button.addEventListener("click", does);
  install(button, variants(keys));
}

const current = () => /** @type {HTMLElement|null} */ (document.activeElement?.closest(rows) ?? null);

/** The item steps after the current one, or the first in view. */
function neighbour(/** @type {number} */ steps) {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(rows)]);
  const at = current();
  if (at) return all[all.indexOf(at) + steps];
  return all.find((el) => el.getBoundingClientRect().bottom > 0);
}

/** Presses a link or button of the current item, unless it is not for this viewer. */
function press(/** @type {string} */ what) {
  const el = /** @type {HTMLElement|null|undefined} */ (current()?.querySelector(what));
  if (el && !el.closest("[hidden]")) el.click();
}

export function startKeys(/** @type {Page} */ { everyPart, goTo }) {
  const known = new WeakSet();
  everyPart((part) => {
    for (const el of /** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll("[data-hotkey]"))) {
      if (!known.has(el)) install(el, variants(el.dataset.hotkey ?? ""));
      known.add(el);
    }
  });
  for (const [keys, steps] of /** @type {[string, number][]} */ ([["j", 1], ["k", -1]])) {
    act(keys, () => {
      const el = neighbour(steps);
      if (el) goTo(el);
    });
  }
  act("r", () => press("[data-reply]"));
  act("e", () => press("[data-edit]"));
  const help = /** @type {HTMLDialogElement|null} */ (document.getElementById("keys"));
  if (help) act("?", () => help.open || help.showModal());
}

