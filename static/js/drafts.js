/**
 * Keeps what is being written in this browser, per person and place, until it
 * was sent. A draft comes back only where it was written, and only to the person
 * who wrote it, also after signing out and in again.
 */

import { everyPart, language, make, text, viewer } from "./page.js";

const delay = 1_000; // ms after the last key
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** @typedef {HTMLTextAreaElement|HTMLInputElement} Field */

/** @type {Map<Field, number>} timers of fields not saved yet */
const unsaved = new Map();

const nameOf = (/** @type {Field} */ f) => `plenary:draft:${viewer.id}:${f.dataset.draft}`;

/** @returns {{ text: string, at: number }|null} */
function read(/** @type {Field} */ f) {
  try {
    return JSON.parse(localStorage.getItem(nameOf(f)) ?? "null");
  } catch {
    return null; // storage is off, or holds what is not ours
  }
}

function write(/** @type {Field} */ f) {
  clearTimeout(unsaved.get(f));
  unsaved.delete(f);
  try {
    if (!f.value) return localStorage.removeItem(nameOf(f));
    const at = Date.now();
    localStorage.setItem(nameOf(f), JSON.stringify({ text: f.value, at }));
    tell(f, text("draftSaved", { time: said(at) }));
  } catch {
    tell(f, ""); // storage is off or full: nothing is promised
  }
}

function forget(/** @type {Field} */ f) {
  clearTimeout(unsaved.get(f));
  unsaved.delete(f);
  try {
    localStorage.removeItem(nameOf(f));
  } catch {
    // storage is off: there is nothing to forget
  }
  tell(f, "");
}

const said = (/** @type {number} */ at) =>
  (new Date(at).toDateString() === new Date().toDateString() ? clock : calendar).format(at);

function tell(/** @type {Field} */ f, /** @type {string} */ words, /** @type {Element[]} */ ...buttons) {
  const place = f.form?.querySelector("[data-draft-state]");
  place?.replaceChildren(words, ...buttons.flatMap((b) => [" ", b]));
}

function restore(/** @type {Field} */ f) {
  const draft = read(f);
  if (!draft?.text || draft.text === f.value) return;
  const time = said(draft.at);
  if (!f.value) {
    use(f, draft.text);
    return tell(f, text("draftRestored", { time }));
  }
  const take = make("button", { type: "button" }, text("draftUse"));
  const drop = make("button", { type: "button" }, text("draftDiscard"));
  take.addEventListener("click", () => (use(f, draft.text), tell(f, ""), f.focus()));
  drop.addEventListener("click", () => (forget(f), f.focus()));
  tell(f, text("draftOffer", { time }), take, drop);
}

function use(/** @type {Field} */ f, /** @type {string} */ words) {
  f.value = words;
  f.dispatchEvent(new Event("change", { bubbles: true }));
}

function typed(/** @type {Event} */ e) {
  const f = /** @type {Field} */ (e.target);
  if (!f.matches?.("[data-draft]")) return;
  clearTimeout(unsaved.get(f));
  unsaved.set(f, setTimeout(write, delay, f));
}

const fields = (/** @type {ParentNode} */ part) => /** @type {Field[]} */ ([...part.querySelectorAll("[data-draft]")]);
const flush = () => [...unsaved.keys()].forEach(write);

export function startDrafts() {
  everyPart((part) => fields(part).forEach(restore));
  document.addEventListener("input", typed);
  document.addEventListener("plenary:keep", (e) => fields(/** @type {Element} */ (e.target)).forEach(write));
  document.addEventListener("plenary:sent", (e) => fields(/** @type {Element} */ (e.target)).forEach(forget));
  document.addEventListener("visibilitychange", () => document.hidden && flush());
}
