/** Who is here and who is writing; and telling the others that we write. */

import { language, plural, viewer } from "./page.js";
import { send } from "./live.js";

const pause = 4_000; // ms between two "writing" messages
const most = 5; // names shown

/** @typedef {{ handle: string, name: string }} Person */

const lists = new Intl.ListFormat(language);
const here = document.getElementById("presence");
const writing = document.getElementById("writing");
const main = /** @type {HTMLElement|null} */ (document.querySelector("[data-live-topic^='thread:']"));
const thread = Number(main?.dataset.liveTopic?.split(":")[1] ?? 0);

const others = (/** @type {Person[]|undefined} */ people) => (people ?? []).filter((p) => p.handle !== viewer.handle);

/**
 * @param {HTMLElement|null} el
 * @param {Person[]} people whose names are known, without the viewer
 * @param {number} total how many there are, without the viewer
 */
function line(el, people, total) {
  if (!el) return;
  const names = people.slice(0, most).map((p) => p.name);
  const rest = total - names.length;
  if (rest > 0) names.push(plural(el.dataset, rest, {}, "others"));
  el.hidden = total === 0;
  el.textContent = total ? plural(el.dataset, total, { names: lists.format(names) }) : "";
}

function show(/** @type {any} */ m) {
  if (m.thread !== thread) return;
  const people = others(m.here);
  line(here, people, Math.max(people.length, (m.count ?? 1) - 1)); // the viewer is counted, too
  const writers = others(m.writing);
  line(writing, writers, writers.length);
}

export function startPresence() {
  if (!thread) return;
  document.addEventListener("plenary:presence", (e) => show(/** @type {CustomEvent} */ (e).detail));
  let last = 0;
  document.addEventListener("input", (e) => {
    const inComposer = e.target instanceof Element && e.target.matches("#composer textarea");
    if (!viewer.id || !inComposer || Date.now() - last < pause) return;
    if (send({ type: "writing", thread })) last = Date.now();
  });
}
