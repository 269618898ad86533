/**
 * What comes when it is first needed. It is handed what it needs of the page,
 * so that what every page loads stays one file on the wire.
 */

import { changed, everyPart, fill, make, plural, text, viewer } from "./page.js";
import { parseFragment, parsePage } from "./parse.js";
import { apply } from "./streams.js";
import { reply } from "./reply.js";
import { goTo } from "./timeline.js";

/** Help for writing, at the first focus of a field that has some. */
export function startComposer() {
  const helped = new WeakSet();
  document.addEventListener("focusin", async (e) => {
    const area = e.target;
    if (!(area instanceof HTMLTextAreaElement) || helped.has(area)) return;
    if (!area.matches("[data-mentions-url], [data-upload-url], [data-preview-url]")) return;
    helped.add(area);
    const { help } = await import("./composer.js");
    help(area, { text, make, parseFragment, changed });
  });
}

/** Quoting, at the first selection of the text of a comment or of the context. */
export function startQuote() {
  let timer = 0;
  const look = async () => {
    const selection = getSelection();
    const inComment = !selection?.isCollapsed && selection?.anchorNode?.parentElement?.closest(".comment .body, #thread-context");
    if (!inComment && !document.querySelector(".quote-popover")) return;
    const { offer } = await import("./quote.js");
    offer({ text, make, reply });
  };
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 250);
  });
}

/** Passkeys, on the pages that have a place for them. */
export async function startPasskeys() {
  const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-passkey]"));
  if (!places.length) return;
  const { serve } = await import("./passkeys.js");
  for (const p of places) serve(p);
}

/** The ballot beside the form that builds a poll. */
export async function startPreview() {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-preview-form]"));
  if (!form) return;
  const { serve } = await import("./preview.js");
  serve(form, { parsePage });
}

/** Pictures of options, in the forms that have a field for them. */
export async function startPictures() {
  const zones = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-picture]"));
  if (!zones.length) return;
  const { serve } = await import("./pictures.js");
  for (const zone of zones) serve(zone, { make, text });
}

/** Searches and suggestions that follow what is typed, on the pages that have them. */
export async function startTyping() {
  const forms = /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-as-you-type], form[data-similar]"));
  if (!forms.length) return;
  const { serve } = await import("./typing.js");
  for (const form of forms) serve(form, { changed, parseFragment, parsePage });
}

/** @param {ParentNode} part @param {string} which @returns {any[]} */
const within = (part, which) => [...(part instanceof Element && part.matches(which) ? [part] : []), ...part.querySelectorAll(which)];

/** Ballots, where there is more to them than a mark. */
export function startBallots() {
  everyPart(async (part) => {
    const ranked = within(part, "form[data-ballot=ranking]");
    const counted = within(part, "form[data-ballot]:has([data-chosen], [data-budget], [data-all], [name=none])");
    const sealed = within(part, "[data-commitment]");
    const receipts = within(part, "[data-receipt]");
    const long = within(part, "[data-filter]");
    if (long.length) await import("./filter.js").then(({ serve }) => long.forEach((box) => serve(box, { plural })));
    if (ranked.length) await import("./ranking.js").then(({ serve }) => ranked.forEach((form) => serve(form, { fill, make })));
    if (counted.length) await import("./counting.js").then(({ serve }) => counted.forEach((form) => serve(form, { fill, plural })));
    if (sealed.length + receipts.length === 0) return;
    const { receipt, seal } = await import("./secret.js");
    for (const field of sealed) seal(field, { viewer });
    for (const box of receipts) receipt(box, { viewer });
  });
}

/** The rows of the inbox, on the page that has them. */
export async function startInbox() {
  const list = document.getElementById("inbox-list");
  if (list) await import("./inbox.js").then(({ serve }) => serve(list));
}

/** The check of exports, on the page that has it. */
export async function startVerify() {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-verify]"));
  if (!form) return;
  const { serve } = await import("./verify.js");
  serve(form, { make, fill });
}

/** What goes on now in a programme, and the board on which one is built. */
export function startProgramme() {
  everyPart(async (part) => {
    const [page] = within(part, "[data-programme]");
    const [board] = within(part, "[data-board]");
    if (page) await import("./programme.js").then(({ follow }) => follow(page, { apply }));
    if (board) await import("./placing.js").then(({ serve }) => serve(board, { apply, fill, make, parsePage }));
  });
}

const field = "input, textarea, select, [contenteditable]";

/** Shortcuts, at the first letter pressed outside a field; it is not lost. */
export function startKeys() {
  if (document.documentElement.dataset.keys === "off") return;
  /** @type {KeyboardEvent[]} */
  const pressed = [];
  const first = async (/** @type {KeyboardEvent} */ e) => {
    if (e.key.length !== 1 || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.target instanceof Element && e.target.closest(field)) return;
    if (pressed.push(e) > 1) return; // on its way
    const keys = await import("./keys.js");
    document.removeEventListener("keydown", first);
    keys.startKeys({ everyPart, goTo });
    for (const p of pressed) p.target?.dispatchEvent(new KeyboardEvent("keydown", p));
  };
  document.addEventListener("keydown", first);
}
