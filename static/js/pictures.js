/**
 * Pictures of options: uploaded as soon as they are chosen, dropped or pasted, so
 * that the form and its preview show them. Where that fails, the file stays in its
 * field and goes with the form.
 */

/**
 * @param {HTMLElement} zone the fields of one picture
 * @param {{ make: typeof import("./page.js").make, text: typeof import("./page.js").text }} page
 */
export function serve(zone, { make, text }) {
  const file = /** @type {HTMLInputElement} */ (zone.querySelector("input[type=file]"));
  const kept = /** @type {HTMLInputElement} */ (zone.querySelector("input[name=picture]"));
  const around = /** @type {HTMLElement} */ (zone.closest(".option-fields") ?? zone);
  const said = make("p", { class: "hint", role: "status" }, zone.dataset.hint ?? "");
  zone.append(said);

  const changed = () => kept.dispatchEvent(new Event("input", { bubbles: true }));
  const clear = () => zone.querySelector(".picture-kept")?.remove();

  const show = (/** @type {string} */ url) => {
    clear();
    const drop = make("button", { class: "button small", name: "drop_picture", value: file.name.split(".")[1] ?? "0", formnovalidate: "" }, zone.dataset.drop ?? "");
    kept.after(make("p", { class: "picture-kept" }, make("img", { src: url, alt: "", width: "96", height: "72" }), drop));
    const fold = zone.closest("details");
    if (fold) fold.open = true;
  };

  const take = async (/** @type {File} */ picture) => {
    said.textContent = text("uploading", { name: picture.name });
    const body = new FormData();
    body.append("file", picture);
    let why = "";
    try {
      const r = await fetch("/files", { method: "POST", body, headers: { Accept: "application/json" } });
      const answer = await r.json();
      const id = /^\/files\/(\d+)\//.exec(answer.url ?? "")?.[1];
      if (r.ok && id && answer.type.startsWith("image/")) {
        kept.value = id;
        file.value = "";
        said.textContent = "";
        show(answer.url);
        return changed();
      }
      why = answer.detail ?? "";
    } catch {
      // said below
    }
    said.textContent = text("uploadFailed", { name: picture.name, reason: why });
  };

  const first = (/** @type {DataTransfer | null} */ from) => [...(from?.files ?? [])].find((f) => f.type.startsWith("image/"));

  file.addEventListener("change", () => file.files?.[0] && take(file.files[0]));
  around.addEventListener("dragover", (e) => {
    if (e.dataTransfer?.types.includes("Files")) e.preventDefault();
  });
  for (const [kind, of] of /** @type {const} */ ([["drop", "dataTransfer"], ["paste", "clipboardData"]])) {
    around.addEventListener(kind, (/** @type {any} */ e) => {
      const picture = first(e[of]);
      if (!picture) return;
      e.preventDefault();
      take(picture);
    });
  }
  zone.addEventListener("click", (e) => {
    if (!(e.target instanceof Element) || !e.target.closest("[name=drop_picture]")) return;
    e.preventDefault();
    kept.value = "";
    clear();
    changed();
    file.focus();
  });
}
