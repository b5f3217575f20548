/** What kind of event it is, and which kinds an endpoint asks for. */
import * as v from "valibot";

export const eventTypeSchema = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9_][A-Za-z0-9._-]{0,255}$/,
    "must be 1 to 256 of A-Z a-z 0-9 . _ - and start with a letter, a digit or _",
  ),
  v.description("What has happened, such as `invoice.paid`."),
);

export const eventTypePatternSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9._*-]{1,256}$/, "must be 1 to 256 of A-Z a-z 0-9 . _ - and *"),
);

/**
 * Whether a pattern describes the whole event type: `*` stands for any run of characters, an empty one and one with
 * dots too. Each part between two stars is taken where it is first found: if any way to place the parts fits, this
 * one does, so nothing is ever tried a second time. A sender may have 100,000 patterns: nothing is taken apart before
 * it is needed.
 */
export function matchesEventType(pattern: string, eventType: string): boolean {
  const firstStar = pattern.indexOf("*");
  if (firstStar === -1) return pattern === eventType;
  if (!eventType.startsWith(pattern.slice(0, firstStar))) return false;
  const lastStar = pattern.lastIndexOf("*");
  let at = firstStar;
  for (let from = firstStar + 1; from <= lastStar; from += 1) {
    // Stars in a row.
    if (pattern[from] === "*") continue;
    const star = pattern.indexOf("*", from);
    const found = eventType.indexOf(pattern.slice(from, star), at);
    if (found === -1) return false;
    at = found + star - from;
    from = star;
  }
  const last = pattern.slice(lastStar + 1);
  return eventType.length - at >= last.length && eventType.endsWith(last);
}
