/** Pasted rich text as Markdown. Works on nodes of a document that is never shown. */

import TurndownService from "../vendor/turndown@7.2.5/turndown.browser.es.js";
import { gfm } from "../vendor/turndown-plugin-gfm@1.0.2/turndown-plugin-gfm.browser.es.js";

/** @param {DocumentFragment} content of a template: nothing in it runs or is fetched */
export function toMarkdown(content) {
  const body = content.ownerDocument.createElement("div");
  body.append(content);
  const service = new TurndownService({
    headingStyle: "atx", bulletListMarker: "-", codeBlockStyle: "fenced", emDelimiter: "_", hr: "---",
  });
  service.use(gfm);
  service.remove(["script", "style", "title", "meta", "link"]);
  service.addRule("pictures", { filter: "img", replacement: () => "" }); // they would point elsewhere
  return service.turndown(body).replace(/\u00a0/g, " ").trim();
}
