/** Buttons that copy a text of the page, such as the link of an invitation. */

export function startCopy() {
  if (!navigator.clipboard) return;
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-copy]"))) {
    const from = document.getElementById(button.dataset.copy ?? "");
    if (!from) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(from.textContent ?? "");
      button.textContent = button.dataset.copied ?? "";
    });
  }
}
