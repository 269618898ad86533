/**
 * Help for writing Markdown in a plain text field: buttons, completion of names
 * and emoji, files by drop and paste, lists that go on, and a preview. Loaded
 * at the first focus of such a field; what it needs of the page is handed in.
 */

import "../vendor/github-markdown-toolbar-element@2.2.3/index.js";
import "../vendor/github-text-expander-element@2.9.4/index.js";
import "../vendor/github-file-attachment-element@3.2.0/index.js";
import { emoji } from "./emoji.js";

/**
 * @typedef {object} Page
 * @property {(name: string, values?: Record<string, string>) => string} text
 * @property {(tag: string, attributes?: Record<string, string>, ...children: (Node|string)[]) => HTMLElement} make
 * @property {(html: string) => DocumentFragment} parseFragment
 * @property {(part: Element) => void} changed
 */

const most = 8; // suggestions shown

/**
 * Helps with one field, from now on.
 * @param {HTMLTextAreaElement} area
 * @param {Page} page
 */
export function help(area, page) {
  area.parentElement?.closest("text-expander") && complete(area, page);
  const file = attach(area, page);
  tools(area, page, file);
  area.addEventListener("keydown", continueList);
  area.addEventListener("paste", (e) => pasteRich(e, area, page));
}

/** Puts text in place of the selection, so that Undo takes it out again. */
function insert(/** @type {HTMLTextAreaElement} */ area, /** @type {string} */ words) {
  area.focus();
  if (document.execCommand("insertText", false, words)) return;
  area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// Buttons and preview

/** @type {[string, string][]} element of the toolbar, name of its text */
const marks = [
  ["md-bold", "bold"], ["md-italic", "italic"], ["md-quote", "quote"], ["md-link", "link"],
  ["md-unordered-list", "list"], ["md-ordered-list", "numbers"],
];

function tools(
  /** @type {HTMLTextAreaElement} */ area,
  /** @type {Page} */ { text, make, parseFragment, changed },
  /** @type {HTMLInputElement|null} */ file,
) {
  const place = area.closest("form")?.querySelector(".composer-tools");
  if (!place || !area.id) return;
  const bar = make("markdown-toolbar", { for: area.id, "aria-label": text("tools") });
  bar.append(...marks.map(([tag, word]) => make(tag, { class: "tool" }, text(word))));
  place.append(bar);
  if (file) {
    const add = make("button", { type: "button", class: "tool" }, text("file"));
    add.addEventListener("click", () => file.click());
    place.append(add);
  }
  if (area.dataset.previewUrl) place.append(preview(area, { text, make, parseFragment, changed }));
}

function preview(/** @type {HTMLTextAreaElement} */ area, /** @type {any} */ { text, make, parseFragment, changed }) {
  const button = make("button", { type: "button", class: "tool", "aria-pressed": "false" }, text("preview"));
  const shown = make("div", { class: "composer-preview body", dir: "auto", hidden: "" });
  const frame = area.closest("text-expander") ?? area;
  frame.after(shown);
  const show = (/** @type {boolean} */ on) => {
    button.setAttribute("aria-pressed", String(on));
    shown.toggleAttribute("hidden", !on);
    frame.toggleAttribute("hidden", on);
  };
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-pressed") === "true") return show(false), area.focus();
    const body = new URLSearchParams({ body: area.value });
    const r = await fetch(area.dataset.previewUrl ?? "", { method: "POST", body }).catch(() => null);
    if (!r?.ok) return shown.replaceChildren(text("notSent")), show(true);
    shown.replaceChildren(area.value.trim() ? parseFragment(await r.text()) : text("previewEmpty"));
    changed(shown);
    show(true);
  });
  area.form?.addEventListener("plenary:sent", () => show(false));
  return button;
}

// Names and emoji

function complete(/** @type {HTMLTextAreaElement} */ area, /** @type {Page} */ { make }) {
  const expander = /** @type {HTMLElement} */ (area.closest("text-expander"));
  const menu = (/** @type {HTMLElement[]} */ options) => {
    const list = make("ul", { class: "suggestions", role: "listbox" }, ...options);
    options.forEach((o, i) => (o.id = `suggestion-${i}`));
    return { matched: options.length > 0, fragment: list };
  };
  const option = (/** @type {string} */ value, /** @type {(Node|string)[]} */ ...shown) =>
    make("li", { role: "option", "data-value": value }, ...shown);

  const people = async (/** @type {string} */ q) => {
    const url = new URL(area.dataset.mentionsUrl ?? "", location.href);
    url.searchParams.set("q", q);
    const r = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    /** @type {{ handle: string, name: string, affiliation?: string }[]} */
    const found = r?.ok ? await r.json() : [];
    return menu(found.slice(0, most).map((p) =>
      option("@" + p.handle, make("bdi", {}, p.name), " @" + p.handle, ...(p.affiliation ? [" · ", make("bdi", {}, p.affiliation)] : [])),
    ));
  };
  const signs = (/** @type {string} */ q) =>
    menu(emoji.filter(([, name]) => name.includes(q)).slice(0, most).map(([sign, name]) => option(sign, sign + " " + name)));

  expander.addEventListener("text-expander-change", (e) => {
    const { key, provide, text: q } = /** @type {CustomEvent} */ (e).detail;
    if (key === "@" && area.dataset.mentionsUrl) provide(people(q));
    if (key === ":" && /^[a-z]{2,}/i.test(q)) provide(Promise.resolve(signs(q.toLowerCase())));
  });
  expander.addEventListener("text-expander-value", (e) => {
    const { detail } = /** @type {CustomEvent} */ (e);
    detail.value = detail.item.dataset.value;
  });
  expander.addEventListener("text-expander-committed", () => area.dispatchEvent(new Event("input", { bubbles: true })));
}

// Files

function attach(/** @type {HTMLTextAreaElement} */ area, /** @type {Page} */ page) {
  const zone = area.closest("file-attachment");
  if (!zone || !area.dataset.uploadUrl) return null;
  const input = /** @type {HTMLInputElement} */ (page.make("input", { type: "file", multiple: "", hidden: "", "aria-label": page.text("file") }));
  zone.append(input);
  zone.addEventListener("file-attachment-accepted", (e) => {
    for (const { file } of /** @type {CustomEvent} */ (e).detail.attachments) upload(area, file, page);
  });
  return input;
}

async function upload(/** @type {HTMLTextAreaElement} */ area, /** @type {File} */ file, /** @type {Page} */ { text }) {
  const waiting = `[${text("uploading", { name: file.name })}]()`;
  insert(area, (area.value && !/\s$/.test(area.value.slice(0, area.selectionStart)) ? "\n" : "") + waiting + "\n");
  const body = new FormData();
  body.append("file", file);
  let result = "";
  try {
    const r = await fetch(area.dataset.uploadUrl ?? "", { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await r.json();
    result = r.ok ? linkTo(said) : text("uploadFailed", { name: file.name, reason: said.detail ?? "" });
  } catch {
    result = text("uploadFailed", { name: file.name, reason: "" });
  }
  const at = area.value.indexOf(waiting);
  if (at < 0) return; // taken out while it was on its way
  area.setRangeText(result, at, at + waiting.length, "preserve");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function linkTo(/** @type {{ url: string, name: string, type: string }} */ { url, name, type }) {
  const label = name.replace(/[[\]\\]/g, "\\$&");
  return type?.startsWith("image/") ? `![${label.replace(/\.\w+$/, "")}](${url})` : `[${label}](${url})`;
}

// Lists

const bullet = /^(\s*)(?:([-*+])|(\d{1,9})([.)]))( +)(\[[ xX]\] )?(.*)$/;

/** Enter in a list begins the next item; Enter in an empty one ends the list. */
function continueList(/** @type {KeyboardEvent} */ e) {
  const area = /** @type {HTMLTextAreaElement} */ (e.target);
  const busy = e.isComposing || e.shiftKey || e.ctrlKey || e.metaKey || area.getAttribute("aria-activedescendant");
  if (e.key !== "Enter" || busy || e.defaultPrevented || area.selectionStart !== area.selectionEnd) return;
  const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const found = bullet.exec(area.value.slice(start, area.selectionStart));
  if (!found) return;
  e.preventDefault();
  const [, indent, sign, number, dot, space, task, rest] = found;
  if (!rest) {
    area.setSelectionRange(start, area.selectionStart);
    if (!document.execCommand("delete")) area.setRangeText("");
    return;
  }
  insert(area, "\n" + indent + (sign ?? Number(number) + 1 + dot) + space + (task ? "[ ] " : ""));
}

// Rich text

/** Handlers would not run, but the browser would report each as an attack. */
const withoutHandlers = (/** @type {string} */ html) => html.replace(/\son\w+\s*=/gi, " data-off=");

const formatted = /<(b|strong|i|em|a|ul|ol|h[1-6]|table|blockquote|pre|code|del|s)[\s>]/i;

function pasteRich(/** @type {ClipboardEvent} */ e, /** @type {HTMLTextAreaElement} */ area, /** @type {Page} */ { parseFragment }) {
  const html = e.clipboardData?.getData("text/html") ?? "";
  const plain = e.clipboardData?.getData("text/plain") ?? "";
  if (!plain.trim() || !formatted.test(html)) return;
  e.preventDefault();
  e.stopPropagation(); // some programs add a picture of the text
  import("./richpaste.js")
    .then(({ toMarkdown }) => toMarkdown(parseFragment(withoutHandlers(html))))
    .catch(() => plain)
    .then((words) => insert(area, words || plain));
}
