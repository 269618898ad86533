/**
 * One socket per page. It brings what happens after the page was made, each
 * event once and in order, and after any cut everything missed. The server's
 * messages are described in the forum's contract for /live.
 */

import { signInURL, text } from "./page.js";
import { notice, say } from "./say.js";
import { apply, missed } from "./streams.js";

const firstWait = 500; // ms; doubles up to longestWait, with full jitter
const longestWait = 30_000;
const patience = 10_000; // ms for a connection to open
const longAway = 60_000; // ms hidden after which an open socket is not trusted
const quietly = 5_000; // ms of reconnecting before it is said aloud

/**
 * @typedef {{ key: string, place: string, id: number, after: number|undefined, thread: number, el: HTMLElement }} Topic
 * after: newest seq the page holds; thread: whose events a poll's are, once known
 */

/** @type {Map<string, Topic>} */
const topics = new Map();
/** @type {WebSocket|null} */
let socket = null;
let attempts = 0;
let asked = 0; // ms the server asked us to wait at most
let timer = 0;
let parked = false; // the page is going away, or in the back/forward cache
let ended = false; // the server said that there is no coming back
let hiddenSince = 0;
let lostAt = 0;
let toldLost = false;

const sign = document.getElementById("live-state");

function show(/** @type {string} */ state) {
  if (!sign || sign.dataset.state === state) return;
  sign.dataset.state = state;
  const key = state.replace(/-(\w)/g, (_, c) => c.toUpperCase());
  sign.textContent = sign.dataset[key] ?? "";
  if (state === "reconnecting") {
    lostAt ||= Date.now();
    setTimeout(tellLost, quietly);
  } else if (state === "live") {
    if (toldLost) say("live", () => sign.textContent ?? "");
    toldLost = false;
    lostAt = 0;
  }
}

function tellLost() {
  if (toldLost || !lostAt || sign?.dataset.state !== "reconnecting" || Date.now() - lostAt < quietly - 50) return;
  toldLost = true;
  say("live", () => sign?.textContent ?? "");
}

/**
 * Sends a message if the socket is open.
 * @param {object} message
 */
export function send(message) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(message));
  return true;
}

function connect() {
  clearTimeout(timer);
  if (ended || parked || topics.size === 0) return;
  if (document.hidden) return show("paused");
  if (!navigator.onLine) return show("offline");
  const s = new WebSocket(location.origin.replace(/^http/, "ws") + "/live");
  socket = s;
  const late = setTimeout(() => s.close(), patience);
  s.onopen = () => {
    clearTimeout(late);
    for (const t of topics.values()) subscribe(t);
  };
  s.onmessage = (e) => s === socket && receive(JSON.parse(e.data));
  s.onclose = (e) => {
    clearTimeout(late);
    if (s === socket) closed(e.code);
  };
}

function subscribe(/** @type {Topic} */ t) {
  const message = { type: "subscribe", [t.place]: t.id || true, format: "html", lang: document.documentElement.lang, newest: true };
  send(t.after === undefined ? message : { ...message, after_seq: t.after });
}

/** Whatever the code, we come back, unless the session or the right to read is over. */
function closed(/** @type {number} */ code) {
  socket = null;
  if (code === 4401) return end("signed-out", text("signedOut"), text("signIn"), signInURL());
  if (code === 4403) {
    closeDoor();
    return end("gone", text("gone"));
  }
  if (parked) return;
  if (document.hidden || code === 4429) return show("paused"); // 4429: too many pages open; back on the next look
  show(navigator.onLine ? "reconnecting" : "offline");
  const longest = Math.min(longestWait, firstWait * 2 ** attempts++);
  timer = setTimeout(connect, Math.random() * Math.max(longest, asked));
  asked = 0;
}

function end(/** @type {string} */ state, /** @type {string} */ words, label = "", href = "") {
  ended = true;
  show(state);
  notice("live", words, label, href);
}

/** Offers nothing more on a page that one may no longer read. What was being written stays. */
function closeDoor() {
  const main = document.querySelector("main");
  main?.classList.add("is-gone");
  main?.setAttribute("data-viewer-can", "");
}

/** Drops the socket without waiting for the other side to agree. */
function drop() {
  const s = socket;
  socket = null;
  clearTimeout(timer);
  s?.close(1000);
}

function wake() {
  parked = false;
  const stale = hiddenSince && Date.now() - hiddenSince > longAway;
  hiddenSince = 0;
  if (stale) drop();
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  attempts = 0;
  connect();
}

/** The topic a reply names. */
function named(/** @type {any} */ m) {
  if (m.poll) return topics.get("poll:" + m.poll);
  if (m.inbox) return topics.get("inbox");
  return topics.get(m.group ? "group:" + m.group : "thread:" + m.thread);
}

function receive(/** @type {any} */ m) {
  if (m.type === "event") return happened(m);
  if (m.type === "bye") asked = m.retry_after_ms ?? 0;
  if (m.type === "presence") document.dispatchEvent(new CustomEvent("plenary:presence", { detail: m }));
  const t = named(m);
  if (!t) return;
  if (m.type === "subscribed") subscribed(t, m);
  if (m.type === "resync") skipTo(t, m.last_seq);
  if (m.type === "error" && m.code === "gone") {
    topics.delete(t.key);
    closeDoor();
    show("gone");
    notice("gone", text("gone"));
  }
}

function subscribed(/** @type {Topic} */ t, /** @type {any} */ m) {
  attempts = 0;
  show("live");
  t.thread = m.thread ?? 0;
  t.after ??= m.last_seq;
  if (t.after !== undefined && m.last_seq < t.after) skipTo(t, m.last_seq); // set back, as by a restored backup
}

function happened(/** @type {any} */ m) {
  let fresh = false;
  for (const t of topics.values()) {
    const concerned = t.place === "poll" ? t.thread === m.thread : t === named(m);
    if (concerned && advance(t, m.seq, m.since ?? m.seq - 1)) fresh = true;
  }
  if (fresh && m.html) apply(m.html, { own: false });
}

/**
 * Takes note of an event that comes after since, all in between being told by it
 * or by one still to come; false if the page has it, or lacks one before it.
 */
function advance(/** @type {Topic} */ t, /** @type {number} */ seq, /** @type {number} */ since) {
  if (t.after !== undefined && seq <= t.after) return false;
  // A poll sees a selection of its thread's events, so its numbers have gaps.
  if (t.place !== "poll" && t.after !== undefined && since > t.after) {
    skipTo(t, seq);
    return false;
  }
  t.after = seq;
  t.el.dataset.after = String(seq);
  return true;
}

/** Goes on from seq and says that something before it is missing. */
function skipTo(/** @type {Topic} */ t, /** @type {number} */ seq) {
  t.after = seq;
  const timeline = document.getElementById("timeline");
  if (timeline && t.place === "thread") timeline.dataset.atEnd = "false";
  missed();
}

export function startLive() {
  for (const el of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-live-topic]"))) {
    const key = el.dataset.liveTopic ?? "";
    const [place, id] = key.split(":");
    const after = el.dataset.after ? Number(el.dataset.after) : undefined;
    topics.set(key, { key, place, id: Number(id ?? 0), after, thread: 0, el });
  }
  if (topics.size === 0) return;
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return wake();
    hiddenSince = Date.now();
    clearTimeout(timer);
    if (!socket) show("paused");
  });
  addEventListener("online", () => (drop(), wake()));
  addEventListener("offline", () => (drop(), show("offline")));
  addEventListener("pagehide", () => ((parked = true), drop()));
  addEventListener("pageshow", wake);
  connect();
}
