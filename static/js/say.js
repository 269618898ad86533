/**
 * Short messages: the one polite status line, and notices with a link.
 * The status line speaks at most every ten seconds; what came in between is
 * merged, so that a lively discussion does not talk over the reader.
 */

import { make } from "./page.js";

const line = document.getElementById("status");
const every = Number(line?.dataset.every ?? 10_000);

/** @type {Map<string, () => string>} */
const waiting = new Map();
let last = -Infinity;
let timer = 0;

function speak() {
  timer = 0;
  last = Date.now();
  const said = [...waiting.values()].map((make) => make()).filter(Boolean);
  waiting.clear();
  if (!line) return;
  line.textContent = ""; // the same words twice are two announcements
  setTimeout(() => (line.textContent = said.join(". ")), 50);
}

/**
 * Says something when its turn comes. A later message of the same subject
 * takes the place of one still waiting.
 * @param {string} subject
 * @param {() => string} words made when they are said
 */
export function say(subject, words) {
  waiting.set(subject, words);
  timer ||= setTimeout(speak, Math.max(0, last + every - Date.now()));
}

/** Answers what the viewer just did, at once. */
export function answer(/** @type {string|undefined} */ words) {
  if (!words) return;
  waiting.set("answer", () => words);
  clearTimeout(timer);
  speak();
}

/**
 * Shows a notice; one of each subject.
 * @param {string} subject
 * @param {string} words
 * @param {string} [label] of the link
 * @param {string} [href]
 */
export function notice(subject, words, label, href) {
  const place = document.getElementById("notices") ?? document.querySelector("main");
  const note = make("p", { class: "notice", "data-subject": subject }, words);
  if (label && href) note.append(" ", make("a", { href }, label));
  place?.querySelector(`.notice[data-subject="${subject}"]`)?.remove();
  place?.prepend(note);
  say(subject, () => words);
}
