/** What can be done with selected text: quote that of a comment, make a theme of it or of the context's. */

/**
 * @typedef {object} Page
 * @property {(name: string) => string} text
 * @property {(tag: string, attributes?: Record<string, string>, ...children: (Node|string)[]) => HTMLElement} make
 * @property {(comment: Element, quoted?: string) => void} reply
 */

/** @type {HTMLElement|null} */
let box = null;
let words = "";
/** @type {Element|null} */
let comment = null;

/**
 * Shows the choices below the selection, or hides them.
 * @param {Page} page
 */
export function offer(page) {
  const selection = getSelection();
  const body = bodyOf(selection);
  words = selection?.toString().trim() ?? "";
  if (!selection || !body || !words) return box?.hidePopover();
  comment = body;
  box ??= build(page);
  const quote = /** @type {HTMLElement|null} */ (box.querySelector("[data-quotes]"));
  if (quote) quote.hidden = !body.closest(".comment");
  if (!box.childElementCount) return;
  box.showPopover();
  const at = selection.getRangeAt(0).getBoundingClientRect();
  const left = Math.min(at.left, innerWidth - box.offsetWidth - 8);
  const below = at.bottom + 8;
  box.style.left = Math.max(8, left) + "px";
  box.style.top = (below + box.offsetHeight > innerHeight ? Math.max(8, at.top - box.offsetHeight - 8) : below) + "px";
}

/** The body, of a comment or the context, that holds the whole selection. */
function bodyOf(/** @type {Selection|null} */ selection) {
  if (!selection || selection.isCollapsed) return null;
  const body = selection.anchorNode?.parentElement?.closest(".comment .body, #thread-context") ?? null;
  return body?.contains(selection.focusNode) ? body : null;
}

function build(/** @type {Page} */ { text, make, reply }) {
  const made = make("div", { class: "quote-popover", popover: "manual", role: "toolbar", "aria-label": text("quoting") });
  made.style.cssText = "position: fixed; inset: auto; margin: 0";
  const button = (/** @type {string} */ label, /** @type {() => void} */ act) => {
    const b = make("button", { type: "button" }, label);
    b.addEventListener("pointerdown", (e) => e.preventDefault()); // the selection stays
    b.addEventListener("click", () => {
      made.hidePopover();
      act();
    });
    made.append(b);
    return b;
  };
  if (document.querySelector("#composer textarea")) button(text("quote"), () => comment && reply(comment, words)).dataset.quotes = "";
  const themes = document.querySelector("main")?.dataset.themeUrl;
  if (themes) button(text("makeTheme"), () => location.assign(themeURL(themes)));
  document.addEventListener("keydown", (e) => e.key === "Escape" && made.hidePopover());
  document.body.append(made);
  return made;
}

function themeURL(/** @type {string} */ themes) {
  const url = new URL(themes, location.href);
  const from = comment?.closest("article")?.id.replace(/^c-/, "");
  url.searchParams.set(from ? "from" : "context", from || "1");
  url.searchParams.set("text", words.slice(0, 2000));
  return url;
}
