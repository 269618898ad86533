/** Shows <time data-style> in the viewer's zone, and tells the server that zone. */

import { everyPart, language as spoken } from "./page.js";

/** The page's language as the reader's country writes it: en-IE, not the en of the United States. */
const language = navigator.languages.find((tag) => tag.split("-")[0] === spoken?.split("-")[0] && tag.includes("-")) ?? spoken;

const minute = 60_000;
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
const long = new Intl.DateTimeFormat(language, {
  weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit",
});
const short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const units = [["day", 1440 * minute], ["hour", 60 * minute], ["minute", minute]];

/**
 * "2 hours ago", "in 3 days"; further off than 30 days the date.
 * @param {Date} at
 * @param {number} now ms
 */
export function relative(at, now) {
  const distance = at.getTime() - now;
  if (Math.abs(distance) > 30 * 1440 * minute) return short.format(at);
  const [unit, size] = units.find(([, size]) => Math.abs(distance) >= size) ?? ["minute", minute];
  return ago.format(Math.trunc(distance / size), unit);
}

function show(/** @type {HTMLTimeElement} */ el) {
  const at = new Date(el.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const style = el.dataset.style;
  const words = style === "relative" ? relative(at, Date.now()) : (style === "long" ? long : short).format(at);
  if (el.textContent !== words) el.textContent = words;
  el.title ||= exact.format(at);
}

const all = (/** @type {ParentNode} */ part, /** @type {string} */ which) =>
  /** @type {NodeListOf<HTMLTimeElement>} */ (part.querySelectorAll(which)).forEach(show);

export function startTimes() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  everyPart((part) => all(part, "time[data-style]"));
  setInterval(() => document.hidden || all(document, "time[data-style=relative]"), minute);
}
