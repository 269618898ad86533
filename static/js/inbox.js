/** The inbox: choosing all rows, keeping what is chosen while rows come, and its keys. */

const field = "input:not([type=checkbox]), textarea, select, [contenteditable]";

/** What each key presses in the row that has the focus. */
const presses = /** @type {Record<string, string>} */ ({ o: "[data-open]", x: "[name=seq]", m: "[data-mark]", y: "[data-away]" });

export function serve(/** @type {HTMLElement} */ list) {
  /** @type {Set<string>} */
  const chosen = new Set();
  const boxes = () => /** @type {HTMLInputElement[]} */ ([...list.querySelectorAll("input[name=seq]")]);
  const all = () => /** @type {HTMLInputElement|null} */ (document.getElementById("pick-all"));
  const show = () => {
    const box = all();
    box?.parentElement?.removeAttribute("hidden");
    const n = boxes().filter((b) => b.checked).length;
    if (!box) return;
    box.checked = n > 0 && n === boxes().length;
    box.indeterminate = n > 0 && !box.checked;
  };
  const note = () => {
    chosen.clear();
    for (const b of boxes()) if (b.checked) chosen.add(b.value);
    show();
  };
  list.addEventListener("change", (e) => {
    const box = all();
    if (e.target === box) for (const b of boxes()) b.checked = box?.checked ?? false;
    note();
  });
  // What was chosen has been dealt with once the form is sent.
  list.addEventListener("plenary:sent", () => (boxes().forEach((b) => (b.checked = false)), note()));
  new MutationObserver(() => {
    for (const b of boxes()) if (chosen.has(b.value)) b.checked = true;
    show();
  }).observe(list.parentElement ?? list, { childList: true, subtree: true });
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || !(e.target instanceof Element) || e.target.closest(field)) return;
    const what = e.key === "Enter" && e.target.matches("[data-row]") ? presses.o : presses[e.key];
    const el = what && e.target.closest("[data-row]")?.querySelector(what);
    if (!(el instanceof HTMLElement)) return;
    e.preventDefault();
    el.click();
  });
  note();
}
