/**
 * Tells the server how far the viewer has read: the newest item that stayed in
 * view for two seconds in a page that is really looked at.
 */

const stay = 2_000; // ms

export function startSeen() {
  const list = document.getElementById("timeline");
  const url = list?.dataset.seenUrl;
  if (!list || !url) return;

  /** @type {Set<Element>} */
  const inView = new Set();
  let told = 0;
  let timer = 0;

  const look = () => {
    const seq = Math.max(0, ...[...inView].map((el) => Number(el.getAttribute("data-seq"))));
    if (seq > told && navigator.sendBeacon(url, new URLSearchParams({ seq: String(seq) }))) told = seq;
  };
  const wait = () => {
    clearTimeout(timer);
    if (!document.hidden && !(/** @type {any} */ (document).prerendering)) timer = setTimeout(look, stay);
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const e of entries) e.isIntersecting ? inView.add(e.target) : inView.delete(e.target);
    wait();
  });
  const watch = (/** @type {Element} */ part) => part.querySelectorAll("[data-seq]").forEach((el) => watcher.observe(el));

  watch(list);
  list.addEventListener("plenary:added", (e) => watch(/** @type {CustomEvent} */ (e).detail.item));
  document.addEventListener("visibilitychange", wait);
  document.addEventListener("prerenderingchange", wait);
}
