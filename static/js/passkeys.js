/**
 * Passkeys: makes them on the account page, signs in with them, and proves with
 * them again who somebody is. Each [data-passkey] says where to ask and where to
 * answer; without this script or in a browser that cannot, the other ways remain.
 */

/** The server's questions are good for five minutes; an offer is renewed before. */
const renewed = 240_000; // ms

const able = () => typeof PublicKeyCredential === "function" && "credentials" in navigator;

/** What the server said no to, with its words. */
class Refusal extends Error {
  /** @param {string} words @param {string} code */
  constructor(words, code) {
    super(words);
    this.code = code;
  }
}

/**
 * @param {string} url
 * @param {unknown} body
 * @param {AbortSignal} [signal]
 */
async function post(url, body, signal) {
  const r = await fetch(url, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  const told = await r.json();
  if (!r.ok) throw new Refusal(told.detail, told.code);
  return told;
}

// JSON cannot hold bytes: they travel in base64url. Newer browsers know that
// themselves.

const bytes = (/** @type {string} */ s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const letters = (/** @type {ArrayBuffer} */ b) =>
  btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const keys = (/** @type {any[]} */ list = []) => list.map((k) => ({ ...k, id: bytes(k.id) }));

const toMake = (/** @type {any} */ o) =>
  PublicKeyCredential.parseCreationOptionsFromJSON?.(o) ?? {
    ...o,
    challenge: bytes(o.challenge),
    user: { ...o.user, id: bytes(o.user.id) },
    excludeCredentials: keys(o.excludeCredentials),
  };

const toGet = (/** @type {any} */ o) =>
  PublicKeyCredential.parseRequestOptionsFromJSON?.(o) ?? {
    ...o,
    challenge: bytes(o.challenge),
    allowCredentials: keys(o.allowCredentials),
  };

/** A credential as JSON. */
export function written(/** @type {any} */ c) {
  try {
    return c.toJSON();
  } catch {
    // Older browsers have no toJSON, and some password managers a broken one.
  }
  /** @type {Record<string, any>} */
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (c.response[name]) response[name] = letters(c.response[name]);
  }
  if (c.response.getTransports) response.transports = c.response.getTransports();
  const { id, type } = c;
  return { id, rawId: letters(c.rawId), type, response, clientExtensionResults: c.getClientExtensionResults?.() ?? {} };
}

/** Serves a place of the page. */
export function serve(/** @type {HTMLElement} */ place) {
  const button = /** @type {HTMLButtonElement} */ (place.querySelector("button"));
  const message = /** @type {HTMLElement} */ (place.querySelector("[data-passkey-message]"));
  const data = place.dataset;
  const without = place.querySelector("[data-passkey-without]");
  if (!able()) {
    if (without) without.textContent = data.unable ?? "";
    return;
  }
  without?.remove();
  place.hidden = button.hidden = false;
  /** The question that is open; a new one closes it. */
  let open = new AbortController();

  /** Asks the device and brings its answer. mediation is "conditional" for an offer in a field. */
  async function ask(/** @type {string} */ mediation = "") {
    open.abort();
    const { signal } = (open = new AbortController());
    const asked = await post(data.options ?? "", {}, signal);
    if (!mediation) message.textContent = data.waiting ?? "";
    const found =
      data.passkey === "add"
        ? await navigator.credentials.create({ publicKey: toMake(asked), signal })
        : await navigator.credentials.get(/** @type {any} */ ({ publicKey: toGet(asked), signal, ...(mediation && { mediation }) }));
    const credential = written(found);
    try {
      const { next } = await post(data.answer ?? "", { credential, next: data.next ?? "" });
      goOn(next);
    } catch (e) {
      forget(e, asked.rpId, credential.id);
      throw e;
    }
  }

  function say(/** @type {any} */ e) {
    if (e instanceof Refusal) {
      if (e.code === "person.prove_again") return location.assign("/signin/again?next=" + encodeURIComponent(location.pathname));
      message.textContent = e.message;
    } else if (e.name === "NotAllowedError") message.textContent = data.stopped ?? "";
    else if (e.name === "InvalidStateError") message.textContent = data.there ?? "";
    else if (e.name === "NotSupportedError" || e.name === "SecurityError") message.textContent = data.unable ?? "";
    else if (e.name !== "AbortError") {
      console.warn("plenary: passkey", e);
      message.textContent = data.failed ?? "";
    }
  }

  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    message.textContent = "";
    try {
      await ask();
    } catch (e) {
      say(e);
      button.removeAttribute("aria-disabled");
      offer();
    }
  });

  /** Offers passkeys in the field for the address, where the browser can. */
  async function offer() {
    if (data.passkey !== "signin" || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const timer = setTimeout(whenSeen, renewed, offer);
    try {
      await ask("conditional");
    } catch (e) {
      clearTimeout(timer);
      // What went wrong before anybody chose a passkey is of no interest.
      if (e instanceof Refusal && e.code.startsWith("passkey.") && e.code !== "passkey.no_host") say(e);
    }
  }

  if (data.passkey === "signin") {
    whenSeen(offer);
    addEventListener("pagehide", () => open.abort());
    addEventListener("pageshow", (e) => e.persisted && whenSeen(offer));
  }
}

/** Sends the form that waited for this, where one did, or goes to next. */
function goOn(/** @type {string} */ next) {
  const to = /** @type {HTMLInputElement|null} */ (document.querySelector("input[name=resume]"));
  if (!to?.form) return location.assign(next);
  const form = document.createElement("form");
  form.method = "post";
  form.action = to.value;
  form.hidden = true;
  for (const [name, value] of new FormData(to.form)) {
    if (!name.startsWith("kept.")) continue;
    const field = document.createElement("textarea"); // which keeps line ends
    field.name = name.slice("kept.".length);
    field.value = String(value);
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

/** Does it once somebody looks at the page. */
function whenSeen(/** @type {() => void} */ what) {
  if (!document.hidden) return what();
  document.addEventListener("visibilitychange", () => whenSeen(what), { once: true });
}

/** Lets the device forget a passkey that the forum does not know any more. */
function forget(/** @type {any} */ e, /** @type {string} */ rpId, /** @type {string} */ credentialId) {
  if (e.code !== "passkey.unknown") return;
  /** @type {any} */ (PublicKeyCredential).signalUnknownCredential?.({ rpId, credentialId })?.catch(() => {});
}
