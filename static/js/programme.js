/**
 * A programme as time goes by: what is marked as going on, the lists of now and
 * next, the clock of a screen, the reader's own time, and what has changed since
 * the reader was here.
 */

const second = 1000;
let timer = 0;

/**
 * @param {HTMLElement} page
 * @param {{ apply: (html: string, from: { own: boolean }) => Promise<void> }} tools
 */
export function follow(page, { apply }) {
  const ahead = Date.parse(page.dataset.now ?? "") - Date.now() || 0; // of the server's clock
  const now = () => Date.now() + ahead;
  const renew = () => apply(`<turbo-stream action="refresh" method="morph" target="${page.id}"></turbo-stream>`, { own: false });
  const every = Number(page.dataset.every ?? 0) * second;
  const began = now();
  let due = Math.min(Date.parse(page.dataset.next ?? "") || Infinity, every ? began + every : Infinity);
  clearInterval(timer);
  tick();
  timer = setInterval(tick, second);
  remember(page);
  if (page.dataset.askZone && askZone(page.dataset.askZone)) renew(); // the cookie tells it by now

  function tick() {
    if (!page.isConnected) return clearInterval(timer);
    const at = now();
    for (const el of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-starts]"))) {
      const on = !el.matches(".is-cancelled") && Date.parse(el.dataset.starts ?? "") <= at && at < Date.parse(el.dataset.ends ?? "");
      if (on === el.classList.contains("is-now")) continue;
      el.classList.toggle("is-now", on);
      for (const tag of /** @type {NodeListOf<HTMLElement>} */ (el.querySelectorAll("[data-now-tag]"))) tag.hidden = !on;
    }
    for (const el of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-wall-clock]"))) wall(el, at);
    if (at < due) return;
    due = every ? at + every : Infinity;
    renew();
  }
}

/** The clock on the wall where the event is. */
function wall(/** @type {HTMLElement} */ el, /** @type {number} */ at) {
  const words = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: el.dataset.wallClock }).format(at);
  if (el.textContent !== words) el.textContent = words;
}

/** Whether the browser's clock differs from that of the event. */
function askZone(/** @type {string} */ there) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return own !== there && document.cookie.includes("zone=");
}

/** Opens what has changed since this browser showed the programme last. */
function remember(/** @type {HTMLElement} */ page) {
  const version = Number(page.dataset.version ?? 0);
  const key = "programme:" + page.dataset.programme;
  try {
    const seen = Number(localStorage.getItem(key) ?? 0);
    if (!version) return;
    localStorage.setItem(key, String(version));
    const box = /** @type {HTMLDetailsElement|null} */ (page.querySelector("#changed"));
    if (!box || !seen || seen >= version) return;
    box.open = true;
    box.querySelector("a[data-since]")?.setAttribute("href", `/e/${page.dataset.programme}/changes?since=${seen}`);
  } catch {
    // nothing is kept here
  }
}
