/**
 * What the page says about itself: who looks at it, its texts, its language.
 * Everything people read comes from the server; the scripts hold no words.
 */

const root = document.documentElement;

/** Who looks; empty strings when signed out. */
export const viewer = { id: root.dataset.viewerId ?? "", handle: root.dataset.viewerHandle ?? "" };

/** BCP 47 tag of the page, or undefined for the browser's own. */
export const language = root.lang || undefined;

const texts = document.getElementById("script-texts")?.dataset ?? {};
const forms = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

/**
 * Puts values in for {name}.
 * @param {string} pattern
 * @param {Record<string, string>} values
 */
export const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/**
 * A text of the page, by its attribute's name without "data-" in camel case.
 * @param {string} name
 * @param {Record<string, string>} [values]
 */
export const text = (name, values = {}) => fill(texts[name] ?? "", values);

/**
 * The right plural out of data-one, data-other and so on, or out of
 * data-others-one … with the prefix "others".
 * @param {DOMStringMap} from
 * @param {number} n
 * @param {Record<string, string>} [values]
 * @param {string} [prefix]
 */
export function plural(from, n, values = {}, prefix = "") {
  const key = (/** @type {string} */ form) => (prefix ? prefix + form[0].toUpperCase() + form.slice(1) : form);
  const pattern = from[key(forms.select(n))] ?? from[key("other")] ?? "";
  return fill(pattern, { n: numbers.format(n), ...values });
}

/**
 * Makes an element.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node|string)} children
 */
export function make(tag, attributes = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
  el.append(...children);
  return el;
}

/** Gives the focus to an element that may not take it by itself, without scrolling. */
export function focusOn(/** @type {HTMLElement} */ el) {
  if (el.tabIndex < 0 && !el.hasAttribute("tabindex")) el.tabIndex = -1;
  el.focus({ preventScroll: true });
}

/** Tells the modules that a part of the page is new: they look it over. */
export const changed = (/** @type {Element} */ el) =>
  document.dispatchEvent(new CustomEvent("plenary:changed", { detail: el }));

/**
 * Runs now for the whole page and later for every part that is new.
 * @param {(part: ParentNode) => void} look
 */
export function everyPart(look) {
  look(document);
  document.addEventListener("plenary:changed", (e) => look(/** @type {CustomEvent} */ (e).detail));
}

/** Where to sign in and come back to this place. */
export const signInURL = () => "/signin?next=" + encodeURIComponent(location.pathname + location.search + location.hash);

const own = () => (root.querySelector("main")?.dataset.viewerCan ?? "").split(" ");

/**
 * Shows what shared fragments keep hidden from most: data-shown-to="author moderate".
 * @param {ParentNode} part
 */
function reveal(part) {
  const words = own();
  for (const el of part.querySelectorAll("[data-shown-to][hidden]")) {
    const author = el.closest("[data-author]")?.getAttribute("data-author");
    const mine = viewer.id !== "" && author === viewer.id;
    const wanted = (el.getAttribute("data-shown-to") ?? "").split(" ");
    if (wanted.some((w) => (w === "author" ? mine : w !== "" && words.includes(w)))) el.removeAttribute("hidden");
  }
}

export const startReveal = () => everyPart(reveal);
