/**
 * The ballot of a poll that is being built, as voters will see it: the server
 * shows it, a moment after something was changed.
 */

const PAUSE = 600; // milliseconds after the last change

/** @param {HTMLFormElement} form @param {{ parsePage: (html: string) => Document }} page */
export function serve(form, { parsePage }) {
  const place = document.querySelector("[data-preview]");
  if (!place) return;
  let timer = 0;
  let asked = 0;
  const show = async () => {
    const mine = ++asked;
    const body = new URLSearchParams({ preview: "1" });
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || mine !== asked) return; // what is typed stays; the button asks again
    const fresh = parsePage(await answer.text()).querySelector("[data-preview]");
    if (fresh) place.replaceChildren(...fresh.childNodes);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  show();
}
