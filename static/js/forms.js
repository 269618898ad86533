/**
 * Sends form[data-live] without leaving the page. What was written is never
 * lost and never sent twice by itself: on any failure the form stays as it is.
 */

import { changed, make, signInURL, text } from "./page.js";
import { parsePage } from "./parse.js";
import { answer } from "./say.js";
import { apply } from "./streams.js";

const streamType = "text/vnd.turbo-stream.html";
const patience = 60_000; // ms; the once-only key makes a second try harmless

function submit(/** @type {SubmitEvent} */ e) {
  const form = /** @type {HTMLFormElement} */ (e.target);
  if (!form.matches("form[data-live]") || e.defaultPrevented) return;
  e.preventDefault();
  if (!form.dataset.sending) send(form, /** @type {HTMLButtonElement|null} */ (e.submitter));
}

async function send(/** @type {HTMLFormElement} */ form, /** @type {HTMLButtonElement|null} */ button) {
  busy(form, true);
  message(form);
  try {
    const r = await fetch(button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href, {
      method: "POST",
      body: bodyOf(form, button),
      headers: { Accept: streamType + ", text/html" },
      signal: AbortSignal.timeout(patience),
    });
    await take(form, r, await r.text());
  } catch (err) {
    console.warn("plenary: not sent", err);
    message(form, text("notSent"));
  }
  busy(form, false);
}

function bodyOf(/** @type {HTMLFormElement} */ form, /** @type {HTMLButtonElement|null} */ button) {
  const data = new FormData(form, button);
  return form.enctype === "multipart/form-data" ? data : new URLSearchParams(/** @type {any} */ (data));
}

function busy(/** @type {HTMLFormElement} */ form, /** @type {boolean} */ on) {
  if (on) form.dataset.sending = "true";
  else delete form.dataset.sending;
  for (const b of form.querySelectorAll("button:not([type=button], [type=reset])")) {
    if (on) b.setAttribute("aria-disabled", "true");
    else b.removeAttribute("aria-disabled");
  }
}

/** Does what the answer asks for. */
async function take(/** @type {HTMLFormElement} */ form, /** @type {Response} */ r, /** @type {string} */ html) {
  if (r.status === 401 || (r.redirected && new URL(r.url).pathname === "/signin")) {
    form.dispatchEvent(new CustomEvent("plenary:keep", { bubbles: true }));
    return message(form, text("signedOut"), make("a", { href: signInURL() }, text("signIn")));
  }
  if (!r.ok) return r.status === 422 && again(form, html) ? undefined : message(form, reason(html) || text("notSent"));
  if (r.status !== 204 && !(r.headers.get("Content-Type") ?? "").startsWith(streamType)) {
    form.dispatchEvent(new CustomEvent("plenary:sent", { bubbles: true }));
    return location.assign(r.url);
  }
  empty(form);
  form.dispatchEvent(new CustomEvent("plenary:sent", { bubbles: true }));
  await apply(html, { own: true });
  answer(form.dataset.sent);
}

/** Empties what was sent and makes the form ready for another. */
function empty(/** @type {HTMLFormElement} */ form) {
  for (const field of form.querySelectorAll("[data-draft], input[type=file]")) {
    /** @type {HTMLTextAreaElement} */ (field).defaultValue = "";
    /** @type {HTMLTextAreaElement} */ (field).value = "";
  }
  const once = form.querySelector("input[name=once]");
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  once?.setAttribute("value", [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(""));
  titled("");
}

/** Puts the refused form in place of the one sent. */
function again(/** @type {HTMLFormElement} */ form, /** @type {string} */ html) {
  const fresh = form.id && parsePage(html).getElementById(form.id);
  if (!fresh) return false;
  form.replaceWith(fresh);
  changed(fresh);
  titled(text("errorPrefix"));
  /** @type {HTMLElement|null} */ (fresh.querySelector(".error-summary"))?.focus();
  return true;
}

function titled(/** @type {string} */ prefix) {
  const old = text("errorPrefix");
  document.title = prefix + (old && document.title.startsWith(old) ? document.title.slice(old.length) : document.title);
}

function reason(/** @type {string} */ html) {
  const page = parsePage(html);
  return (page.querySelector("[data-error-message]") ?? page.querySelector("h1"))?.textContent?.trim() ?? "";
}

function message(/** @type {HTMLFormElement} */ form, words = "", /** @type {Element[]} */ ...more) {
  let place = form.querySelector("[data-form-message]");
  if (!place && !words) return;
  if (!place) {
    place = make("p", { "data-form-message": "", class: "form-message", role: "alert" });
    form.append(place);
  }
  place.replaceChildren(words, ...(more.length ? [" ", ...more] : []));
}

function shortcut(/** @type {KeyboardEvent} */ e) {
  const field = e.target;
  if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey) || e.isComposing || !(field instanceof HTMLTextAreaElement)) return;
  e.preventDefault();
  field.form?.requestSubmit();
}

export function startForms() {
  document.addEventListener("submit", submit);
  document.addEventListener("keydown", shortcut);
  document.addEventListener("click", (e) => {
    if (e.target instanceof Element && e.target.closest("button[aria-disabled=true]")) e.preventDefault();
  });
}
