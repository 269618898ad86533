/**
 * Shows <time data-style> in the viewer's zone, and tells the server the browser's.
 * Fragments that are the same for all readers name times in UTC: those are put
 * into the words that the server would have used in a page of this reader's.
 */

import { everyPart, language as spoken, text } from "./page.js";

/** The page's language as the reader's country writes it: en-IE, not the en of the United States. */
const language = navigator.languages.find((tag) => tag.split("-")[0] === spoken?.split("-")[0] && tag.includes("-")) ?? spoken;

const minute = 60_000;
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const timeZone = knownZone(document.documentElement.dataset.zone) ?? own;
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long", timeZone });
const figures = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
  year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone,
});
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
  if (Math.abs(distance) > 30 * 1440 * minute) return text("dateShort", partsOf(at));
  const [unit, size] = units.find(([, size]) => Math.abs(distance) >= size) ?? ["minute", minute];
  return ago.format(Math.trunc(distance / size), unit);
}

/** The zone the viewer has chosen, if the browser knows it too. */
function knownZone(/** @type {string|undefined} */ name) {
  try {
    return name && new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** What the server's patterns for dates ask for. */
function partsOf(/** @type {Date} */ at) {
  const p = Object.fromEntries(figures.formatToParts(at).map((part) => [part.type, part.value]));
  const weekday = new Date(Date.UTC(+p.year, +p.month - 1, +p.day)).getUTCDay();
  const nth = (/** @type {string} */ name, /** @type {number} */ n) => text(name).split(" ")[n] ?? "";
  return {
    day: p.day, year: p.year, clock: `${p.hour}:${p.minute}`, month: nth("months", +p.month - 1),
    weekday: nth("weekdays", weekday), weekdayLong: nth("weekdaysLong", weekday),
  };
}

/** "closes Friday 18:00, in 2 days" */
function closing(/** @type {Date} */ at, /** @type {number} */ now) {
  const left = at.getTime() - now;
  const parts = partsOf(at);
  if (left <= 0) return text("closesPast", parts);
  const today = partsOf(new Date(now));
  const same = today.day === parts.day && today.month === parts.month && today.year === parts.year;
  const which = same ? "closesToday" : left < 6 * 1440 * minute ? "closesWeek" : "closesLater";
  return text(which, { ...parts, ago: ahead(left) });
}

/** How far off, in the unit that the server would choose. */
function ahead(/** @type {number} */ left) {
  const hours = left / (60 * minute);
  if (hours < 1) return ago.format(Math.trunc(left / minute), "minute");
  if (hours < 36) return ago.format(Math.trunc(hours), "hour");
  if (hours < 60 * 24) return ago.format(Math.round(hours / 24), "day");
  return hours < 730 * 24 ? ago.format(Math.trunc(hours / 720), "month") : ago.format(Math.trunc(hours / 8760), "year");
}

function show(/** @type {HTMLTimeElement} */ el) {
  const at = new Date(el.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const style = el.dataset.style;
  const words =
    style === "relative" ? relative(at, Date.now()) : style === "closes" ? closing(at, Date.now()) : text(style === "long" ? "dateLong" : "dateShort", partsOf(at));
  if (el.textContent !== words) el.textContent = words;
  if (style === "closes" || !el.title) el.title = exact.format(at);
}

const all = (/** @type {ParentNode} */ part, /** @type {string} */ which) =>
  /** @type {NodeListOf<HTMLTimeElement>} */ (part.querySelectorAll(which)).forEach(show);

export function startTimes() {
  if (own) document.cookie = `zone=${own}; path=/; max-age=31536000; samesite=lax`;
  everyPart(async (part) => {
    all(part, "time[data-style]");
    const named = part.querySelectorAll("[data-times]");
    if (named.length) await import("./slots.js").then(({ localise }) => named.forEach((list) => localise(list, { partsOf, text })));
  });
  setInterval(() => document.hidden || all(document, "time[data-style=relative], time[data-style=closes]"), minute);
}
