/**
 * Ballots on which something runs out: so many options, dots, credits. What is
 * too much is said before it is sent; the server refuses it in any case.
 */

/**
 * @param {HTMLFormElement} form
 * @param {{ fill: any, plural: any }} page
 */
export function serve(form, { fill, plural }) {
  if (form.dataset.served) return;
  form.dataset.served = "true";
  const chosen = /** @type {HTMLElement|null} */ (form.querySelector("[data-chosen]"));
  const budget = /** @type {HTMLElement|null} */ (form.querySelector("[data-budget]"));
  if (chosen) marks(form, chosen, { fill, plural });
  if (budget) spend(form, budget, { fill, plural });
  none(form);
  days(form);
}

/** "2 of 3 chosen". */
function marks(/** @type {HTMLFormElement} */ form, /** @type {HTMLElement} */ place, /** @type {any} */ { fill, plural }) {
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[name=choices]")]);
  const max = Number(place.dataset.chosen);
  const look = () => {
    const n = boxes.filter((box) => box.checked).length;
    const over = n > max && fill(place.dataset.over ?? "", { n: String(n), max: String(max) });
    place.textContent = over || plural(place.dataset, n, { max: String(max) });
    place.classList.toggle("field-error", Boolean(over));
    boxes[0]?.setCustomValidity(over || "");
  };
  form.addEventListener("change", look);
  place.hidden = false;
  look();
}

/** "3 of 8 dots left", with buttons for one more and one fewer. */
function spend(/** @type {HTMLFormElement} */ form, /** @type {HTMLElement} */ place, /** @type {any} */ { fill, plural }) {
  const fields = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll(".number-row input")]);
  const tools = /** @type {HTMLTemplateElement|null} */ (form.querySelector("[data-number-tools]"));
  const all = Number(place.dataset.budget);
  const square = "square" in place.dataset;
  const value = (/** @type {HTMLInputElement} */ field) => field.valueAsNumber || 0;
  const price = (/** @type {number} */ n) => (square ? n * n : Math.abs(n));
  const used = () => fields.reduce((sum, field) => sum + price(value(field)), 0);
  const may = (/** @type {HTMLInputElement} */ field, /** @type {number} */ by) => {
    const n = value(field) + by;
    return n >= Number(field.min) && n <= Number(field.max) && used() - price(value(field)) + price(n) <= Math.max(all, used() - 1);
  };

  function look(/** @type {EventTarget|null} */ last) {
    const sum = used();
    const over = sum > all && fill(place.dataset.over ?? "", { used: String(sum), of: String(all) });
    place.textContent = over || plural(place.dataset, all - sum, { of: String(all) });
    place.classList.toggle("field-error", Boolean(over));
    for (const field of fields) {
      field.setCustomValidity(over && (last === field || !fields.includes(/** @type {any} */ (last))) ? over : "");
      const row = field.closest(".number-row");
      for (const button of row?.querySelectorAll("[data-by]") ?? []) {
        if (may(field, Number(button.getAttribute("data-by")))) button.removeAttribute("aria-disabled");
        else button.setAttribute("aria-disabled", "true");
      }
      const cost = row?.querySelector(".cost");
      if (cost) cost.textContent = value(field) ? plural(place.dataset, price(value(field)), {}, "cost") : "";
    }
  }

  for (const field of fields) {
    const set = field.parentElement;
    const name = field.closest(".number-row")?.querySelector(".choice-label")?.textContent?.trim() ?? "";
    const buttons = /** @type {HTMLButtonElement[]} */ ([...(tools?.content.cloneNode(true).childNodes ?? [])]);
    set?.prepend(buttons[0]);
    set?.append(buttons[1]);
    for (const button of buttons) {
      button.setAttribute("aria-label", fill(button.getAttribute("aria-label") ?? "", { option: name }));
      button.addEventListener("click", () => {
        const by = Number(button.dataset.by);
        if (!may(field, by)) return;
        field.value = String(value(field) + by);
        field.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
    if (square) {
      const cost = document.createElement("span");
      cost.className = "cost hint";
      set?.append(cost);
    }
  }
  form.addEventListener("input", (e) => look(e.target));
  form.addEventListener("change", (e) => look(e.target));
  place.hidden = false;
  look(null);
}

/** "None of these" and an answer end each other. */
function none(/** @type {HTMLFormElement} */ form) {
  const box = /** @type {HTMLInputElement|null} */ (form.querySelector("[type=checkbox][name=none]"));
  if (!box) return;
  form.addEventListener("change", (e) => {
    const field = e.target;
    if (!(field instanceof HTMLInputElement) || !/^(choices|rank-|score-)/.test(field.name)) return;
    if (field.type === "checkbox" ? field.checked : field.value) box.checked = false;
  });
  box.addEventListener("change", () => {
    if (!box.checked) return;
    for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name=choices], [name^=rank-], [name^=score-]"))) {
      if (field.type === "checkbox") field.checked = false;
      else if (field.type === "radio") field.checked = field.value === "";
      else if (field.value) field.value = "";
      else continue;
      if (field.type !== "radio") field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}

/** One answer for all times of a day. */
function days(/** @type {HTMLFormElement} */ form) {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("[data-all]"))) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (button.closest("fieldset")?.querySelectorAll(`[value="${button.dataset.all}"]`) ?? [])) field.checked = true;
    });
  }
}
