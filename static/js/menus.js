/** Menus close with Escape, and when something else is pressed. */

export function startMenus() {
  document.addEventListener("keydown", (e) => {
    const menu = /** @type {HTMLDetailsElement|null|undefined} */ (document.activeElement?.closest("details.menu[open]"));
    if (e.key !== "Escape" || e.defaultPrevented || !menu) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  document.addEventListener("click", (e) => {
    for (const menu of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.menu[open]"))) {
      if (e.target instanceof Node && !menu.contains(e.target)) menu.open = false;
    }
  });
}
