/**
 * Text from producers and targets, made safe for a terminal: it can neither move the cursor, nor begin a line, nor
 * turn the text around it. https://cwe.mitre.org/data/definitions/150.html
 */

import { JsonText } from "@homing/client/source/json-text";

/**
 * Controls (C0, C1, line breaks and tabs among them), line and paragraph separators, what is invisible or turns
 * the text around it, interlinear annotation. Joiners and variation selectors stay: emoji and several scripts
 * need them.
 */
const HIDDEN = /[[\p{Cc}\p{Zl}\p{Zp}\p{DI}\ufff9-\ufffb]--[\u200c\u200d\p{VS}]]/gv;

/** Each character that cannot be shown as itself is named, as in ⟨U+202E⟩. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => `⟨U+${hexOf(character.codePointAt(0) ?? 0)}⟩`);
}

/** One JSON document on one line; the same characters are escaped as JSON does it, so that it means the same. */
export function visibleJson(value: unknown): string {
  const json = value instanceof JsonText ? value.text : JSON.stringify(value);
  return json.replace(HIDDEN, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${hexOf(character.charCodeAt(at))}`).join(""),
  );
}

function hexOf(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, "0");
}
