/** Answering a comment from the page's one composer, with or without quoting it. */

import { goTo } from "./timeline.js";

const composer = () => /** @type {HTMLFormElement|null} */ (document.getElementById("composer"));
const field = () => /** @type {HTMLTextAreaElement|null|undefined} */ (composer()?.querySelector("textarea"));

/**
 * Opens the composer as an answer.
 * @param {Element} comment its article, or something in it
 * @param {string} [quoted] text to quote
 */
export function reply(comment, quoted) {
  const area = field();
  const article = /** @type {HTMLElement|null} */ (comment.closest("article"));
  if (!area || !article) return;
  answerTo(article.id.replace(/^c-/, ""), article.dataset.name ?? "");
  goTo(area);
  if (quoted) quote(area, quoted);
}

function answerTo(/** @type {string} */ id, /** @type {string} */ name) {
  const parent = composer()?.querySelector("input[name=parent_id]");
  const line = document.getElementById("reply-to");
  const who = line?.querySelector("bdi");
  parent?.setAttribute("value", id);
  if (line) line.hidden = !id;
  if (who) who.textContent = name;
}

function quote(/** @type {HTMLTextAreaElement} */ area, /** @type {string} */ words) {
  const lines = words.trim().split(/\n/).map((line) => ("> " + line).trimEnd());
  const before = area.value && !area.value.endsWith("\n\n") ? "\n\n" : "";
  area.setRangeText(before + lines.join("\n") + "\n\n", area.value.length, area.value.length, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.scrollTop = area.scrollHeight;
}

function click(/** @type {MouseEvent} */ e) {
  const el = e.target instanceof Element ? e.target : null;
  if (el?.closest("[data-reply-cancel]")) {
    answerTo("", "");
    field()?.focus();
  }
  const link = /** @type {HTMLElement|null|undefined} */ (el?.closest("[data-reply]"));
  if (!link || !field() || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  const body = /** @type {HTMLElement|null} */ (document.getElementById(`c-${link.dataset.reply}-body`));
  reply(body ?? link, link.dataset.quote === undefined ? undefined : body?.innerText);
}

/** While somebody writes, what comes in above does not push the field away that they see. */
function stay(/** @type {Event} */ e) {
  const area = /** @type {Element} */ (document.activeElement);
  if (!area.matches("textarea")) return;
  const was = area.getBoundingClientRect().top;
  if (was < 0 || was > innerHeight) return;
  e.target?.addEventListener("plenary:added", () => scrollBy({ top: area.getBoundingClientRect().top - was, behavior: "instant" }), { once: true });
}

export function startReply() {
  document.addEventListener("plenary:adding", stay);
  document.addEventListener("click", click);
  document.addEventListener("plenary:sent", (e) => e.target === composer() && answerTo("", ""));
}
