/**
 * Results of time polls that are pushed into a page name slots in UTC, as they are
 * the same for all readers: here those become the reader's own times.
 *
 * @typedef {{ partsOf: (at: Date) => Record<string, string>, text: (name: string, values?: Record<string, string>) => string }} Tools
 */

/** A slot of a time poll, as the options of a page are named. */
function slot(/** @type {HTMLTimeElement} */ el, /** @type {Tools} */ { partsOf, text }) {
  const from = text("dateLong", partsOf(new Date(el.dateTime)));
  return el.dataset.until ? from + " – " + text("clock", partsOf(new Date(el.dataset.until))) : from;
}

/** Puts the reader's times in the place of those in UTC that a result names. */
export function localise(/** @type {Element} */ list, /** @type {Tools} */ tools) {
  const { partsOf, text } = tools;
  const result = /** @type {Element} */ (list.parentElement);
  const names = [.../** @type {HTMLCollectionOf<HTMLTimeElement>} */ (list.children)].map((el) => [el.textContent ?? "", slot(el, tools)]);
  list.remove();
  const put = (/** @type {string} */ words) => names.reduce((all, [utc, mine]) => all.replaceAll(utc, mine), words);
  const texts = document.createTreeWalker(result, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const words = put(node.nodeValue ?? "");
    if (words !== node.nodeValue) node.nodeValue = words;
  }
  for (const el of result.querySelectorAll("[aria-label]")) el.setAttribute("aria-label", put(el.getAttribute("aria-label") ?? ""));
  for (const el of result.querySelectorAll("text[data-clock]")) el.textContent = text("clock", partsOf(new Date(el.getAttribute("data-clock") ?? "")));
  for (const el of result.querySelectorAll("text[data-day]")) day(el, tools);
}

/** Writes a day into the lines of a picture's heading, of which the first stands for all. */
function day(/** @type {Element} */ first, /** @type {Tools} */ { partsOf, text }) {
  const lines = [.../** @type {Element} */ (first.parentElement).querySelectorAll("text[data-day]")];
  if (lines[0] !== first) return;
  const words = text("dateShort", partsOf(new Date(first.getAttribute("data-day") ?? ""))).split(" ");
  const most = Math.max(...lines.map((line) => line.textContent?.length ?? 0));
  const title = first.parentElement?.querySelector("title");
  if (title) title.textContent = words.join(" ");
  lines.forEach((line, i) => {
    let now = words.shift() ?? "";
    while (words.length && (i === lines.length - 1 || now.length + 1 + words[0].length <= most)) now += " " + words.shift();
    line.textContent = now;
  });
}
