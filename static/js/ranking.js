/**
 * Ranking by dragging, by buttons, by the keyboard and by typing numbers. The
 * numbers are what is sent, with and without this script; everything else only
 * changes them, and the list shows the options in their order.
 */

/** @typedef {HTMLElement[][]} Levels options from best to least; those in one level are equal */

/**
 * @param {HTMLFormElement} form
 * @param {{ fill: (pattern: string, values: Record<string, string>) => string, make: any }} page
 */
export function serve(form, { fill, make }) {
  const list = /** @type {HTMLElement} */ (form.querySelector("[data-ranking]"));
  const tools = /** @type {HTMLTemplateElement|null} */ (form.querySelector("[data-rank-tools]"));
  const voice = form.querySelector("[data-rank-said]");
  if (!list || !tools || list.dataset.served) return;
  list.dataset.served = "true";
  const equal = "equal" in list.dataset;
  const rows = /** @type {HTMLElement[]} */ ([...list.children]);
  const line = make("li", { class: "rank-line" }, tools.dataset.line ?? "");

  const field = (/** @type {HTMLElement} */ row) => /** @type {HTMLInputElement} */ (row.querySelector(".rank-number"));
  const name = (/** @type {HTMLElement} */ row) => row.querySelector(".choice-label")?.textContent?.trim() ?? "";
  const tool = (/** @type {HTMLElement} */ row, /** @type {string} */ what) => /** @type {HTMLButtonElement} */ (row.querySelector(`[data-rank="${what}"]`));
  const copy = (/** @type {Levels} */ levels) => levels.map((level) => [...level]);

  /** What the numbers say. @returns {Levels} */
  function read() {
    /** @type {Map<number, HTMLElement[]>} */
    const by = new Map();
    for (const row of rows) {
      const n = field(row).valueAsNumber;
      if (n > 0) by.set(n, [...(by.get(n) ?? []), row]);
    }
    const levels = [...by.keys()].sort((a, b) => a - b).map((n) => by.get(n) ?? []);
    return equal ? levels : levels.flat().map((row) => [row]);
  }

  let levels = read();
  const at = (/** @type {HTMLElement} */ row) => levels.findIndex((level) => level.includes(row));

  /** Writes the numbers and puts the rows in their order; the focus stays. */
  function show() {
    levels = levels.filter((level) => level.length);
    for (const row of rows) {
      const i = at(row);
      field(row).value = i < 0 ? "" : String(i + 1);
      row.classList.toggle("is-ranked", i >= 0);
      for (const what of ["up", "down", "same", "out"]) if (tool(row, what)) tool(row, what).hidden = i < 0;
      tool(row, "in").hidden = i >= 0;
      const alone = levels[i]?.length === 1;
      off(tool(row, "up"), i === 0 && alone);
      off(tool(row, "down"), i === levels.length - 1 && alone);
      if (tool(row, "same")) {
        tool(row, "same").setAttribute("aria-pressed", String(i >= 0 && !alone));
        off(tool(row, "same"), i === 0 && alone);
      }
    }
    const held = document.activeElement;
    [...levels.flat(), line, ...rows.filter((row) => at(row) < 0)].forEach((row, i) => place(row, list.children[i]));
    if (held instanceof HTMLElement && held !== document.activeElement && list.contains(held)) held.focus({ preventScroll: true });
  }

  function place(/** @type {Element} */ row, /** @type {Element|undefined} */ before) {
    if (row === before) return;
    const moving = /** @type {any} */ (list);
    if (moving.moveBefore && row.isConnected) moving.moveBefore(row, before ?? null);
    else list.insertBefore(row, before ?? null);
  }

  function off(/** @type {Element} */ button, /** @type {boolean} */ is) {
    if (is) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }

  function say(/** @type {HTMLElement} */ row, words = at(row) < 0 ? tools?.dataset.out : tools?.dataset.said) {
    const values = { option: name(row), rank: String(at(row) + 1), of: String(levels.flat().length) };
    if (voice) voice.textContent = fill(words ?? "", values);
  }

  const without = (/** @type {HTMLElement} */ row) => (levels = levels.map((level) => level.filter((r) => r !== row)));

  /** What each way of moving does to the levels. */
  const moves = {
    up: (/** @type {HTMLElement} */ row) => step(row, -1),
    down: (/** @type {HTMLElement} */ row) => step(row, 1),
    in: (/** @type {HTMLElement} */ row) => void (levels = [...without(row), [row]]),
    out: without,
    same(/** @type {HTMLElement} */ row) {
      const i = at(row);
      const tied = levels[i].length > 1;
      without(row);
      if (tied) levels.splice(i + 1, 0, [row]);
      else levels[i - 1].push(row);
    },
  };

  function step(/** @type {HTMLElement} */ row, /** @type {number} */ by) {
    const i = at(row);
    if (i < 0) return by < 0 ? moves.in(row) : undefined;
    if (levels[i].length > 1) {
      without(row);
      levels.splice(by < 0 ? i : i + 1, 0, [row]);
    } else if (i + by >= 0 && i + by < levels.length) {
      levels.splice(i + by, 0, ...levels.splice(i, 1));
    } else if (by > 0) without(row); // below the last is not ranked
  }

  function typed(/** @type {HTMLElement} */ row) {
    const n = field(row).valueAsNumber;
    without(row);
    if (!equal) levels = levels.filter((level) => level.length); // a place is counted among the others
    const to = Math.min(n, levels.length + 1) - 1;
    if (n > 0 && equal && levels[to]) levels[to].push(row);
    else if (n > 0) levels.splice(to, 0, [row]);
    show();
    say(row);
  }

  /** @type {{ row: HTMLElement, before: Levels }|null} */
  let held = null;

  function grab(/** @type {HTMLElement} */ row, /** @type {string|undefined} */ words) {
    held = { row, before: copy(levels) };
    row.classList.add("is-held");
    tool(row, "grip").setAttribute("aria-pressed", "true");
    if (words) say(row, words);
  }

  function drop(back = false) {
    if (!held) return;
    const { row, before } = held;
    held = null;
    row.classList.remove("is-held");
    tool(row, "grip").setAttribute("aria-pressed", "false");
    if (back) levels = before;
    show();
    say(row, back ? tools?.dataset.back : at(row) < 0 ? undefined : tools?.dataset.dropped);
  }

  /** The order that the rows have been dragged into. What was equal stays so while it is together. */
  function dragged(/** @type {HTMLElement} */ row) {
    /** @type {Levels} */
    const next = [];
    for (const child of /** @type {HTMLElement[]} */ ([...list.children])) {
      if (child === line) break;
      const last = next.at(-1);
      if (last && child !== row && last[0] !== row && at(child) >= 0 && at(child) === at(last[0])) last.push(child);
      else next.push([child]);
    }
    levels = next;
  }

  function drag(/** @type {PointerEvent} */ start, /** @type {HTMLElement} */ row) {
    if (start.button) return;
    start.preventDefault();
    tool(row, "grip").focus({ preventScroll: true });
    grab(row, undefined);
    const move = (/** @type {PointerEvent} */ e) => {
      if (e.pointerId !== start.pointerId) return;
      const edge = 60;
      if (e.clientY < edge) scrollBy(0, -12);
      if (e.clientY > innerHeight - edge) scrollBy(0, 12);
      const after = [...list.children].find((child) => {
        const box = child.getBoundingClientRect();
        return child !== row && e.clientY < box.top + box.height / 2;
      });
      if (after ? after !== row.nextElementSibling : list.lastElementChild !== row) place(row, after);
    };
    const end = (/** @type {PointerEvent|KeyboardEvent} */ e) => {
      if (e instanceof KeyboardEvent ? e.key !== "Escape" : e.pointerId !== start.pointerId) return;
      for (const [kind, does] of kinds) document.removeEventListener(kind, does);
      if (e.type === "pointerup") dragged(row);
      drop(e.type !== "pointerup");
    };
    /** @type {[string, any][]} */
    const kinds = [["pointermove", move], ["pointerup", end], ["pointercancel", end], ["keydown", end]];
    for (const [kind, does] of kinds) document.addEventListener(kind, does);
  }

  function press(/** @type {MouseEvent} */ e) {
    const button = /** @type {HTMLElement} */ (e.target).closest("[data-rank]");
    const row = button?.closest("li");
    if (!(button instanceof HTMLElement) || !row || button.getAttribute("aria-disabled")) return;
    const what = button.dataset.rank ?? "";
    if (what === "grip") return e.detail ? undefined : held ? drop() : grab(row, tools?.dataset.held);
    moves[/** @type {keyof typeof moves} */ (what)](row);
    show();
    if (button.hidden) tool(row, what === "in" ? "up" : "in").focus();
    say(row);
  }

  function key(/** @type {KeyboardEvent} */ e) {
    const row = /** @type {HTMLElement} */ (e.target).closest("li");
    if (!row || !rows.includes(row)) return;
    if (held && e.key === "Escape") return e.preventDefault(), drop(true);
    const by = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    if (!by || !(e.altKey || held?.row === row)) return;
    e.preventDefault();
    step(row, by);
    show();
    row.scrollIntoView({ block: "nearest" });
    say(row);
  }

  for (const row of rows) {
    const [grip, others] = tools.content.cloneNode(true).childNodes;
    row.querySelector(".rank-main")?.prepend(grip);
    row.querySelector(".rank-main")?.append(others);
    for (const button of row.querySelectorAll("[data-rank]")) button.setAttribute("aria-label", fill(button.getAttribute("aria-label") ?? "", { option: name(row) }));
    tool(row, "grip").addEventListener("pointerdown", (e) => drag(e, row));
    tool(row, "grip").addEventListener("blur", () => held?.row === row && setTimeout(() => document.activeElement !== tool(row, "grip") && drop()));
    field(row).addEventListener("change", () => typed(row));
  }
  list.addEventListener("click", press);
  list.addEventListener("keydown", key);
  list.classList.add("is-served");
  show();
}
