/** Idiomorph, fetched when the first fragment asks for it. */
export { Idiomorph } from "../vendor/idiomorph@0.8.0/idiomorph.esm.js";
