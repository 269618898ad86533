/**
 * A field that finds options on a long ballot. It only hides: what is filled in
 * stays in sight, and everything is sent.
 */

const rows = ".option, .rank-row, .number-row, .choices > .scale";
const fold = (/** @type {string} */ text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** @param {HTMLElement} box @param {{ plural: any }} page */
export function serve(box, { plural }) {
  const form = box.closest("form");
  const field = box.querySelector("input");
  const said = box.querySelector("[data-filter-said]");
  if (!form || !field || !said || box.dataset.served) return;
  box.dataset.served = "true";
  const all = /** @type {HTMLElement[]} */ ([...form.querySelectorAll(rows)]);
  const words = new Map(all.map((row) => [row, fold(row.textContent ?? "")]));
  const filled = (/** @type {HTMLElement} */ row) =>
    [...row.querySelectorAll("input")].some((i) => (i.type === "number" ? i.value !== "" : i.checked && i.value !== ""));
  const look = () => {
    const wanted = fold(field.value.trim());
    let found = 0;
    for (const row of all) {
      const fits = words.get(row)?.includes(wanted) ?? true;
      if (fits) found++;
      row.classList.toggle("is-passed-over", !fits && !filled(row));
    }
    said.textContent = wanted ? plural(box.dataset, found, {}) : "";
  };
  field.addEventListener("input", look);
  field.addEventListener("keydown", (e) => {
    if (e.key === "Enter") e.preventDefault(); // it looks, and does not vote
  });
  box.hidden = false;
}
