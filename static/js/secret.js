/**
 * Secret ballots. The key that can change one is made here and stays here: only
 * what it is known by is sent. With the receipt's code it is kept in this browser.
 */

const hex = (/** @type {Uint8Array} */ bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");

/** What is kept of a ballot in this browser: { code, key }, and "next", the key of one that is on its way. */
const kept = (/** @type {string} */ place) => /** @type {Record<string, string>} */ (JSON.parse(localStorage.getItem(place) ?? "{}"));
const keep = (/** @type {string} */ place, /** @type {Record<string, string>} */ what) => localStorage.setItem(place, JSON.stringify(what));

/** Makes the key of the form's ballot. Where the browser cannot, the server makes one. */
export async function seal(/** @type {HTMLInputElement} */ field, /** @type {{ viewer: { id: string } }} */ { viewer }) {
  const form = field.form;
  if (!form || field.dataset.served || !crypto.subtle) return;
  field.dataset.served = "true"; // not by its value, which browsers bring back after a reload
  const place = `receipt:${viewer.id}:${field.dataset.commitment}`;
  for (const name of ["code", "key"]) {
    const input = /** @type {HTMLInputElement|null} */ (form.querySelector(`[name=${name}]`));
    if (input && !input.value) input.value = kept(place)[name] ?? "";
  }
  const key = crypto.getRandomValues(new Uint8Array(32));
  const content = new Uint8Array([...new TextEncoder().encode("plenary change key v1\n"), ...key]);
  field.value = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", content)));
  /** @type {HTMLInputElement} */ (form.querySelector("[name=made_key]")).value = "";
  form.addEventListener("submit", () => keep(place, { ...kept(place), next: hex(key) }));
}

/** Completes a receipt with what this browser has, and offers to keep it elsewhere. */
export function receipt(/** @type {HTMLElement} */ box, /** @type {{ viewer: { id: string } }} */ { viewer }) {
  const place = `receipt:${viewer.id}:${box.dataset.receipt}`;
  const codes = /** @type {HTMLElement} */ (box.querySelector("[data-receipt-codes]"));
  const [code, key] = /** @type {HTMLElement[]} */ ([...codes.querySelectorAll("code")]);
  if (box.dataset.code) {
    if (!key.textContent) key.textContent = kept(place).code === box.dataset.code ? kept(place).key : (kept(place).next ?? "");
    keep(place, { code: box.dataset.code, key: key.textContent ?? "" });
  }
  const have = kept(place);
  if (!have.code) return;
  code.textContent = have.code;
  key.textContent = have.key;
  codes.hidden = false;
  /** @type {HTMLElement} */ (codes.querySelector("[data-receipt-key]")).hidden = !have.key;
  const tools = /** @type {HTMLElement} */ (box.querySelector("[data-receipt-tools]"));
  tools.hidden = false;
  const words = () => [tools.dataset.title, location.href, ...[...box.querySelectorAll("dt, dd")].map((el) => el.textContent)].join("\n") + "\n";
  tools.addEventListener("click", (e) => {
    const button = /** @type {HTMLElement} */ (e.target).closest("[data-receipt-do]");
    if (button instanceof HTMLElement) does[button.dataset.receiptDo ?? ""]?.(words(), button, tools);
  });
}

/** @type {Record<string, (words: string, button: HTMLElement, tools: HTMLElement) => void>} */
const does = {
  copy: (words, button) => navigator.clipboard?.writeText(words).then(() => (button.textContent = button.dataset.copied ?? "")),
  print: () => print(),
  save(words, _, tools) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([words], { type: "text/plain" }));
    link.download = tools.dataset.name ?? "";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },
};
