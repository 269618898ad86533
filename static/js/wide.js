/** Lets tables and code that are wider than the window be scrolled with the keyboard. */

import { everyPart } from "./page.js";

export function startWide() {
  const watch = new ResizeObserver((list) => {
    for (const { target } of list) {
      if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
      else target.removeAttribute("tabindex");
    }
  });
  everyPart((part) => part.querySelectorAll(".body table, .body pre").forEach((el) => watch.observe(el)));
}
