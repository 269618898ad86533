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

function line(/** @type {HTMLElement|null} */ el, /** @type {Person[]} */ people, /** @type {number} */ total) {
  if (!el) return;
  const names = people.slice(0, most).map((p) => p.name);
  const rest = total - names.length;
  if (names.length && rest > 0) names.push(plural(el.dataset, rest, {}, "others"));
  el.hidden = names.length === 0;
  el.textContent = names.length ? plural(el.dataset, names.length, { names: lists.format(names) }) : "";
}

function show(/** @type {any} */ m) {
  if (m.thread !== thread) return;
  const people = others(m.here);
  const me = (m.here?.length ?? 0) - people.length;
  line(here, people, Math.max(people.length, (m.count ?? 0) - me));
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
