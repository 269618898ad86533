/**
 * The board of a programme, and that on which themes are grouped: sessions (or themes)
 * are taken up by mouse, finger or keyboard and dropped where they shall be. Whatever
 * way, one request places the session, and its answer brings the board as it is then.
 * Without this script the same is done by the link on each session. A session's
 * data-action says where that is sent, and a cell's data-sends what; a programme's have
 * neither.
 */

/** @typedef {{ id: string, title: string, item: HTMLElement, grip: HTMLElement, cell: HTMLElement, way: "keys"|"pointer" }} Held */

/** @type {Held|null} what is held; the board may be made anew meanwhile */
let held = null;
/** @type {HTMLElement|null} */
let ghost = null;
let scrolling = 0;
/** @type {string} the id of the grip that has the focus, whatever a board made anew does to it */
let focused = "";
const served = new WeakSet();
const patience = 4000; // ms between looks whether somebody else has changed a draft, of which nothing is told

/**
 * @param {HTMLElement} board
 * @param {{ apply: (html: string, from: { own: boolean }) => Promise<void>, fill: (pattern: string, values: Record<string, string>) => string, make: any, parsePage: (html: string) => Document }} page
 */
export function serve(board, { apply, fill, make, parsePage }) {
  show();
  if (held) regain();
  keepFocus();
  if (served.has(board)) return;
  served.add(board);
  if (board.dataset.look) watch(board.dataset.look);

  board.addEventListener("keydown", keys);
  board.addEventListener("pointerdown", take);
  document.addEventListener("focusin", (e) => {
    focused = e.target instanceof HTMLElement && board.contains(e.target) && e.target.matches("[data-grip]") ? e.target.id : "";
  });
  document.addEventListener("pointerdown", (e) => {
    if (!(e.target instanceof Element && e.target.closest("[data-grip]"))) focused = "";
  });
  board.addEventListener("focusout", (e) => {
    // Whoever goes elsewhere by Tab has let go.
    if (held?.way === "keys" && e.relatedTarget && !board.contains(/** @type {Node} */ (e.relatedTarget))) letGo();
  });

  /** Puts up the grips, which nothing but this script makes use of. */
  function show() {
    for (const grip of grips()) grip.hidden = false;
  }

  /** Gives the focus back to the grip that had it before the board was made anew. */
  function keepFocus() {
    const none = !document.activeElement || document.activeElement === document.body;
    if (focused && none) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function grips() {
    return /** @type {NodeListOf<HTMLElement>} */ (board.querySelectorAll("[data-grip]"));
  }

  const cells = () => /** @type {HTMLElement[]} */ ([...board.querySelectorAll("[data-cell]")]);
  const say = (/** @type {string|undefined} */ words, values = {}) => {
    const voice = document.querySelector("[data-board-said]"); // beside the board, or in it
    if (voice) voice.textContent = fill(words ?? "", { title: held?.title ?? "", ...values });
  };

  /** What the board that came in has of the session that is held. */
  function regain() {
    const item = board.querySelector(`[data-session="${held?.id}"]`);
    const cell = held && document.getElementById(held.cell.id);
    if (!held || !item || !cell) return void (held = null);
    held = { ...held, item: /** @type {HTMLElement} */ (item), grip: /** @type {HTMLElement} */ (item.querySelector("[data-grip]")), cell };
    mark();
  }

  function grab(/** @type {HTMLElement} */ grip, /** @type {"keys"|"pointer"} */ way) {
    const item = /** @type {HTMLElement} */ (grip.closest("[data-session]"));
    const cell = /** @type {HTMLElement} */ (item.closest("[data-cell]"));
    held = { id: item.dataset.session ?? "", title: item.dataset.title ?? "", item, grip, cell, way };
    mark();
    if (way === "keys") say(board.dataset.grabbed);
  }

  function mark() {
    for (const el of board.querySelectorAll(".is-target, .is-held")) el.classList.remove("is-target", "is-held");
    for (const grip of grips()) grip.removeAttribute("aria-pressed");
    if (!held) return;
    held.item.classList.add("is-held");
    held.grip.setAttribute("aria-pressed", "true");
    held.cell.classList.add("is-target");
  }

  function aim(/** @type {HTMLElement|undefined} */ cell) {
    if (!held || !cell || cell === held.cell) return;
    held.cell = cell;
    mark();
    if (held.way === "pointer") return;
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    const others = [...cell.querySelectorAll("[data-session]")].filter((el) => el !== held?.item);
    const holds = others.map((el) => /** @type {HTMLElement} */ (el).dataset.title).join(", ") || board.dataset.free;
    say(board.dataset.over, { place: cell.dataset.label ?? "", holds: holds ?? "" });
  }

  function letGo() {
    const was = held;
    held = null;
    ghost?.remove();
    ghost = null;
    cancelAnimationFrame(scrolling);
    mark();
    return was;
  }

  function back() {
    say(board.dataset.back);
    letGo();
  }

  /** Sends where the session shall be, and puts in the board that comes back. */
  async function drop() {
    const was = letGo();
    if (!was || was.cell === was.item.closest("[data-cell]")) return was && say(board.dataset.back, { title: was.title });
    const body = new URLSearchParams(was.cell.dataset.sends ?? { slot_id: was.cell.dataset.slot ?? "0", room_id: was.cell.dataset.room ?? "0" });
    const values = { title: was.title, place: was.cell.dataset.label ?? "" };
    was.cell.append(was.item); // as it will be; the answer has the last word
    try {
      const r = await fetch(was.item.dataset.action ?? `${board.dataset.url}/s/${was.id}/place`, { method: "POST", body, headers: { Accept: "text/vnd.turbo-stream.html, text/html" } });
      const html = await r.text();
      if (!r.ok) throw new Error(reason(html));
      await apply(html, { own: true });
      show();
      say(board.dataset.dropped, values);
    } catch (err) {
      say(err instanceof Error && err.message ? err.message : board.dataset.failed, values);
      refuse(err instanceof Error ? err.message : "");
      await renew(true);
      show();
    }
    if (was.way === "keys") document.getElementById(was.grip.id)?.focus();
  }

  /** Looks now and then whether the board is still what it was. */
  function watch(/** @type {string} */ address) {
    const timer = setInterval(async () => {
      if (!board.isConnected) return clearInterval(timer);
      if (document.hidden || held || !board.dataset.look) return;
      try {
        const r = await fetch(address, { headers: { Accept: "application/json" } });
        const { revision } = r.ok ? await r.json() : { revision: 0 };
        if (revision && String(revision) !== board.dataset.revision) await renew(true);
      } catch {
        // the line is cut; the next look may tell
      }
    }, patience);
  }

  const renew = (/** @type {boolean} */ own) => apply(`<turbo-stream action="refresh" method="morph" target="${board.id}"></turbo-stream>`, { own });

  /** What the refusing answer says, in the forum's words. */
  function reason(/** @type {string} */ html) {
    const page = parsePage(html);
    const said = page.querySelector(".error-summary li, .error-summary p") ?? page.querySelector("[data-error-message]") ?? page.querySelector("h1");
    return said?.textContent?.trim() || board.dataset.failed || "";
  }

  function refuse(/** @type {string} */ words) {
    const note = make("p", { class: "form-message", "data-board-refused": "" }, words || board.dataset.failed || "");
    document.querySelector("[data-board-refused]")?.remove();
    board.before(note);
  }

  function keys(/** @type {KeyboardEvent} */ e) {
    const grip = e.target instanceof HTMLElement && e.target.closest("[data-grip]");
    if (!grip || e.ctrlKey || e.metaKey || e.altKey) return;
    const ways = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    const way = ways[/** @type {keyof ways} */ (e.key)];
    if (e.key === " " || e.key === "Enter") held ? drop() : grab(/** @type {HTMLElement} */ (grip), "keys");
    else if (!held) return;
    else if (e.key === "Escape") back();
    else if (way) aim(beside(held.cell, way[0], way[1]));
    else return;
    e.preventDefault();
    e.stopPropagation();
  }

  /** The next cell in a direction, as they stand on the page. */
  function beside(/** @type {HTMLElement} */ from, /** @type {number} */ x, /** @type {number} */ y) {
    const rtl = getComputedStyle(board).direction === "rtl";
    const all = cells();
    const at = from.getBoundingClientRect();
    const narrow = all.length > 1 && all.every((c) => Math.abs(c.getBoundingClientRect().left - at.left) < 40);
    const i = all.indexOf(from);
    if (narrow) return all[i + (y || (rtl ? -x : x))];
    let best, least = Infinity;
    for (const cell of all) {
      if (cell === from) continue;
      const to = cell.getBoundingClientRect();
      const dx = to.left + to.width / 2 - at.left - at.width / 2;
      const dy = to.top - at.top;
      const along = x ? dx * x : dy * y;
      const aside = x ? Math.abs(dy) : Math.abs(dx);
      if (along < 8 || along < aside / 3) continue;
      const far = along + aside * 4;
      if (far < least) [best, least] = [cell, far];
    }
    return best;
  }

  function take(/** @type {PointerEvent} */ e) {
    const grip = e.target instanceof HTMLElement && /** @type {HTMLElement|null} */ (e.target.closest("[data-grip]"));
    if (!grip || e.button) return;
    e.preventDefault();
    grip.focus({ preventScroll: true });
    letGo();
    const from = { x: e.clientX, y: e.clientY };
    const at = { ...from };
    grip.setPointerCapture(e.pointerId);
    const move = (/** @type {PointerEvent} */ m) => {
      if (m.pointerId !== e.pointerId) return;
      at.x = m.clientX;
      at.y = m.clientY;
      if (!held && Math.hypot(at.x - from.x, at.y - from.y) < 5) return;
      if (!held) lift(grip);
      float(at);
    };
    const end = (/** @type {PointerEvent} */ u) => {
      if (u.pointerId !== e.pointerId) return;
      for (const [what, act] of /** @type {[string, any][]} */ ([["pointermove", move], ["pointerup", end], ["pointercancel", end], ["keydown", escape]])) removeEventListener(what, act);
      if (held?.way !== "pointer") return;
      if (u.type === "pointerup") drop();
      else back();
    };
    const escape = (/** @type {KeyboardEvent} */ k) => {
      if (k.key === "Escape") end(new PointerEvent("pointercancel", { pointerId: e.pointerId }));
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
    addEventListener("keydown", escape);
  }

  function lift(/** @type {HTMLElement} */ grip) {
    grab(grip, "pointer");
    ghost = make("div", { class: "bses drag-ghost", "aria-hidden": "true" }, held?.title ?? "");
    document.body.append(/** @type {HTMLElement} */ (ghost));
  }

  function float(/** @type {{ x: number, y: number }} */ at) {
    if (!ghost) return;
    ghost.style.translate = `${at.x + 12}px ${at.y + 12}px`;
    const under = document.elementFromPoint(at.x, at.y)?.closest("[data-cell]");
    if (under instanceof HTMLElement && board.contains(under)) aim(under);
    cancelAnimationFrame(scrolling);
    scroll(at);
  }

  /** Goes on scrolling while something is held near an edge. */
  function scroll(/** @type {{ x: number, y: number }} */ at) {
    const edge = 70;
    const by = at.y < edge ? at.y - edge : at.y > innerHeight - edge ? at.y - innerHeight + edge : 0;
    const wide = held?.cell.closest(".scroll");
    const box = wide?.getBoundingClientRect();
    const aside = !box ? 0 : at.x < box.left + edge ? -12 : at.x > box.right - edge ? 12 : 0;
    if (!held || (!by && !aside)) return;
    scrolling = requestAnimationFrame(() => {
      scrollBy(0, by / 4);
      wide?.scrollBy(aside, by / 4);
      float(at);
    });
  }
}
