/**
 * New items of the timeline: put at the end only when the page holds the end,
 * counted when they are out of sight, never moving what is being read.
 */

import { focusOn, plural, viewer } from "./page.js";
import { say } from "./say.js";

const list = document.getElementById("timeline");
const link = /** @type {HTMLAnchorElement|null} */ (document.getElementById("new-items"));
let unseen = 0; // out of sight
let unsaid = 0; // not announced yet
let first = ""; // id of the first out of sight

const seen = new IntersectionObserver((entries) => {
  if (entries.some((e) => e.isIntersecting)) clear();
});

function clear() {
  unseen = 0;
  first = "";
  seen.disconnect();
  if (link) link.hidden = true;
}

function count(/** @type {Element} */ item, /** @type {string} */ id, /** @type {boolean} */ inPage) {
  if (!link) return;
  unsaid++;
  say("new", () => {
    const n = unsaid;
    unsaid = 0;
    return plural(link.dataset, n);
  });
  if (inPage && !document.hidden && item.getBoundingClientRect().top < innerHeight) return;
  unseen++;
  if (!first && inPage) {
    first = id;
    seen.observe(item);
  }
  link.textContent = plural(link.dataset, unseen);
  link.href = inPage ? "#" + first : endURL();
  link.hidden = false;
}

const endURL = () => list?.dataset.endUrl ?? location.pathname;
const byViewer = (/** @type {Element} */ item) =>
  viewer.id !== "" && (item.matches("[data-author]") ? item : item.querySelector("[data-author]"))?.getAttribute("data-author") === viewer.id;

function adding(/** @type {CustomEvent} */ e) {
  const { item, own, id } = e.detail;
  if (list?.dataset.atEnd === "true") return;
  e.preventDefault();
  if (own) location.assign(endURL() + "#" + id);
  else if (!byViewer(item)) count(item, id, false);
}

function added(/** @type {CustomEvent} */ e) {
  const { item, own, id } = e.detail;
  if (own) item.scrollIntoView({ block: "nearest" });
  else if (!byViewer(item)) count(item, id, true);
}

/** Moves the focus to an item, so that reading and tabbing go on from there. */
export function goTo(/** @type {HTMLElement} */ el) {
  focusOn(el);
  keepInSight(el);
}

/** What comes into view has its true height only then, and moves the rest. */
function keepInSight(/** @type {Element} */ el) {
  let frames = 8;
  const show = () => {
    if (document.activeElement === el) el.scrollIntoView({ block: "nearest" });
    if (--frames) requestAnimationFrame(show);
  };
  show();
}

export function startTimeline() {
  if (list) document.addEventListener("keyup", (e) => e.key === "Tab" && document.activeElement && keepInSight(document.activeElement));
  document.querySelector(".write-here")?.addEventListener("click", (e) => {
    const field = document.getElementById("composer-body");
    if (!field) return;
    e.preventDefault();
    goTo(field);
  });
  list?.addEventListener("plenary:adding", (e) => e.target === list && adding(/** @type {CustomEvent} */ (e)));
  list?.addEventListener("plenary:added", (e) => e.target === list && added(/** @type {CustomEvent} */ (e)));
  link?.addEventListener("click", (e) => {
    const item = document.getElementById(first);
    if (!item) return;
    e.preventDefault();
    clear();
    goTo(item);
    item.scrollIntoView({ block: "start" });
  });
}
