/**
 * Puts fragments into the page: <turbo-stream action target> elements, from an
 * event or as the answer to a form. An event never takes away what somebody is
 * holding: a form with fields, the focus, selected text.
 */

import { changed, focusOn, make, text } from "./page.js";
import { parseFragment, parsePage } from "./parse.js";
import { notice, say } from "./say.js";

/** @typedef {{ own: boolean }} From own: the answer to the viewer's own form */

/** What an element was made from, to know a fragment that comes twice. */
const source = new WeakMap();
let turn = Promise.resolve();

/**
 * Applies fragments after all that came before.
 * @param {string} html
 * @param {From} from
 * @returns {Promise<void>}
 */
export function apply(html, from) {
  turn = turn.then(() => run(html, from)).catch((err) => console.error("plenary: fragment not applied", err));
  return turn;
}

async function run(/** @type {string} */ html, /** @type {From} */ from) {
  for (const stream of parseFragment(html).querySelectorAll("turbo-stream")) {
    const act = actions[stream.getAttribute("action") ?? ""];
    const content = stream.querySelector("template")?.content ?? document.createDocumentFragment();
    if (act) for (const el of targets(stream)) await act(el, () => document.importNode(content, true), from, stream);
  }
}

function targets(/** @type {Element} */ stream) {
  const all = stream.getAttribute("targets");
  if (all) return [...document.querySelectorAll(all)];
  const id = stream.getAttribute("target");
  if (id === null) return /^(notice|reload)$/.test(stream.getAttribute("action") ?? "") ? [document.body] : [];
  const el = document.getElementById(id);
  return el ? [el] : [];
}

/** @type {Record<string, (el: Element, content: () => DocumentFragment, from: From, stream: Element) => void|Promise<void>>} */
const actions = {
  append: (el, content, from) => add(el, content(), from, (item) => el.append(item)),
  prepend: (el, content, from) => add(el, content(), from, (item) => el.prepend(item)),
  before: (el, content) => put(content(), (item) => el.before(item)),
  after: (el, content) => put(content(), (item) => el.after(item)),
  remove: (el, _, from) => unlessHeld(el, from, () => el.remove()),
  replace: (el, content, from, stream) =>
    unlessHeld(el, from, () => (isMorph(stream) ? morph(el, content(), "outerHTML") : swap(el, content()))),
  update: (el, content, from, stream) =>
    unlessHeld(el, from, async () => {
      if (isMorph(stream)) await morph(el, content(), "innerHTML");
      else el.replaceChildren(content());
      changed(el);
    }),
  notice: (_, content) => {
    const words = content().textContent?.trim() ?? "";
    say(words, () => words);
  },
  reload: () => missed(),
  refresh: (el, _, from, stream) => refresh(el.id, from, isMorph(stream)),
};

const spread = 1000; // ms over which those who watch the same page fetch it again
/** @type {Set<string>} */
const due = new Set();

/** Fetches this page again for one of its parts, which is the reader's own: once for what comes at about the same time. */
function refresh(/** @type {string} */ id, /** @type {From} */ from, /** @type {boolean} */ gently) {
  if (due.has(id)) return;
  due.add(id);
  setTimeout(async () => {
    due.delete(id);
    try {
      const r = await fetch(location.href, { headers: { Accept: "text/html" } });
      const fresh = r.ok && parsePage(await r.text()).getElementById(id);
      const old = document.getElementById(id);
      if (!fresh || !old) return missed();
      if (gently) await morph(old, /** @type {any} */ ({ firstElementChild: fresh }), "outerHTML");
      else unlessHeld(old, from, () => swap(old, fresh));
    } catch {
      missed();
    }
  }, from.own ? 0 : Math.random() * spread);
}

/** Says that the page lacks something, and offers to load it. */
export const missed = () => notice("missed", text("missed"), text("loadMissed"), location.pathname + location.search);

const isMorph = (/** @type {Element} */ stream) => stream.getAttribute("method") === "morph";
const keyOf = (/** @type {Element} */ item) => item.id || item.querySelector("[id]")?.id || "";

function put(/** @type {DocumentFragment} */ content, /** @type {(item: Element) => void} */ place) {
  for (const item of [...content.children]) {
    place(item);
    changed(item);
  }
}

function add(
  /** @type {Element} */ list,
  /** @type {DocumentFragment} */ content,
  /** @type {From} */ from,
  /** @type {(item: Element) => void} */ place,
) {
  for (const item of [...content.children]) {
    const there = itemIn(list, keyOf(item));
    const made = item.outerHTML;
    const detail = { item, own: from.own, id: keyOf(item) };
    if (there) {
      if (source.get(there) === made) continue;
      unlessHeld(there, from, () => swap(there, item));
    } else if (list.dispatchEvent(new CustomEvent("plenary:adding", { bubbles: true, cancelable: true, detail }))) {
      place(item);
      changed(item);
      list.dispatchEvent(new CustomEvent("plenary:added", { bubbles: true, detail }));
    }
    source.set(item, made);
  }
}

/** The child of the list that is, or holds, the element with this id. */
function itemIn(/** @type {Element} */ list, /** @type {string} */ id) {
  let el = id ? document.getElementById(id) : null;
  if (!el || el === list || !list.contains(el)) return null;
  while (el.parentElement && el.parentElement !== list) el = el.parentElement;
  return el;
}

/**
 * Replaces. If the focus was inside, it goes to what has the same id now, else
 * to what asks for it by data-focus, else to what came in.
 */
function swap(/** @type {Element} */ el, /** @type {Element|DocumentFragment} */ content) {
  const fresh = /** @type {HTMLElement[]} */ (content instanceof DocumentFragment ? [...content.children] : [content]);
  const focused = el.contains(document.activeElement) ? document.activeElement : null;
  el.replaceWith(content);
  fresh.forEach(changed);
  if (!focused || !fresh[0]) return;
  const next = (focused.id && document.getElementById(focused.id)) || fresh[0].querySelector("[data-focus]") || fresh[0];
  focusOn(/** @type {HTMLElement} */ (next));
}

async function morph(
  /** @type {Element} */ el,
  /** @type {DocumentFragment} */ content,
  /** @type {"outerHTML"|"innerHTML"} */ morphStyle,
) {
  const { Idiomorph } = await import("./morph.js");
  const id = el.id;
  Idiomorph.morph(el, morphStyle === "outerHTML" ? content.firstElementChild : [...content.childNodes], { morphStyle });
  const now = document.getElementById(id);
  if (now) changed(now);
}

const plain = /^(hidden|submit|button|reset|fieldset|output)$/;

/** Does it hold the focus, an end of the selection, or a form to fill in? */
function held(/** @type {Element} */ el) {
  const selection = getSelection();
  if (el.contains(document.activeElement)) return true;
  if (selection && !selection.isCollapsed && (el.contains(selection.anchorNode) || el.contains(selection.focusNode))) return true;
  const forms = el instanceof HTMLFormElement ? [el] : [...el.querySelectorAll("form")];
  return forms.some((f) => [...f.elements].some((field) => !plain.test(/** @type {HTMLInputElement} */ (field).type)));
}

/** Acts now, or when the reader says so. */
function unlessHeld(/** @type {Element} */ el, /** @type {From} */ from, /** @type {() => void|Promise<void>} */ act) {
  if (from.own || !held(el)) return act();
  const inside = el.matches("li, tr, td, body");
  const old = inside ? el.querySelector(":scope > .changed-note") : el.nextElementSibling;
  if (old?.matches(".changed-note")) old.remove(); // the newest change holds what the last one had
  const show = make("button", { type: "button" }, text("show"));
  const note = make("p", { class: "changed-note" }, text("changed") + " ", show);
  show.addEventListener("click", () => {
    note.remove();
    act();
  });
  inside ? el.append(note) : el.after(note);
  say("changed", () => text("changed"));
}
