/**
 * The only place that turns strings into elements. It owns the one Trusted
 * Types policy the page allows. What comes in was rendered and sanitised by our
 * own server, or is parsed into a document that is never shown.
 */

/** @type {{ createHTML: (html: string) => any }} */
const policy = window.trustedTypes?.createPolicy("plenary", { createHTML: (html) => html }) ?? { createHTML: (html) => html };

/** @param {string} html */
export function parseFragment(html) {
  const holder = document.createElement("template");
  holder.innerHTML = policy.createHTML(html);
  return holder.content;
}

/** @param {string} html */
export const parsePage = (html) => new DOMParser().parseFromString(policy.createHTML(html), "text/html");
