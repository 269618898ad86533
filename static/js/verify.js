/**
 * Checks the export of a poll in this browser: the program that counts is
 * compiled for it and fetched when it is first needed; the file goes nowhere.
 * Where that cannot work the form is sent to the forum instead.
 */

import "../vendor/go-wasm@1.26.8/wasm_exec.js";

/** @typedef {{ title: string, findings: { status: string, code: string, args?: Record<string, unknown> }[], others?: { method: string, winners: string[] }[] }} Report */

/** @type {Promise<(text: string) => string> | undefined} */
let program;

/** @param {string} url */
const load = (url) =>
  (program ??= (async () => {
    const global = /** @type {any} */ (globalThis);
    const go = new global.Go();
    const { instance } = await WebAssembly.instantiateStreaming(fetch(url), go.importObject);
    go.run(instance); // until the page is left
    return global.plenaryVerify;
  })());

/**
 * @param {HTMLFormElement} form
 * @param {{ make: typeof import("./page.js").make, fill: typeof import("./page.js").fill }} page
 */
export function serve(form, { make, fill }) {
  const place = /** @type {HTMLElement} */ (document.getElementById("findings"));
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("file"));
  const texts = /** @type {HTMLTemplateElement} */ (document.getElementById("verify-texts")).content;
  /** @param {string} code @param {Record<string, unknown>} [args] */
  const say = (code, args = {}) =>
    fill(texts.querySelector(`[data-code="${code}"]`)?.textContent ?? code, Object.fromEntries(Object.entries(args).map(([k, v]) => [k, String(v)])));

  /** @param {Report} report */
  const show = (report) => {
    const fails = report.findings.some((f) => f.status === "fails");
    const list = make("ul", { class: "findings" });
    for (const f of report.findings) {
      list.append(make("li", { class: `finding ${f.status}` }, make("strong", {}, say(`verify.status.${f.status}`)), " ", make("span", {}, say(f.code, f.args))));
    }
    const others = (report.others ?? []).map((o) =>
      make("p", { class: "hint" }, say(o.winners.length ? "verify.other" : "verify.other_none", { Method: say(`tally.method.${o.method}`), Winners: o.winners.join(", ") })),
    );
    place.replaceChildren(make("h2", {}, say(fails ? "verify.page.fails" : "verify.page.holds")), make("p", {}, make("bdi", {}, report.title)), list, ...others);
    place.focus();
  };

  /** @param {File} file */
  const check = async (file) => {
    place.replaceChildren(make("p", {}, say("verify.page.working")));
    const verify = await load(form.dataset.verify ?? "");
    const report = verify(await file.text());
    if (report) show(JSON.parse(report));
    else place.replaceChildren(make("p", { class: "field-error" }, say("verify.page.unreadable")));
  };

  form.addEventListener("submit", async (e) => {
    const file = input.files?.[0];
    if (!file) return;
    e.preventDefault();
    try {
      await check(file);
    } catch {
      form.submit();
    }
  });
  form.addEventListener("dragover", (e) => {
    e.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (e) => {
    e.preventDefault();
    form.classList.remove("over");
    if (!e.dataTransfer?.files.length) return;
    input.files = e.dataTransfer.files;
    form.requestSubmit();
  });
}
