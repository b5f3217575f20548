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
 * one does, so nothing is ever tried a second time.
 */
export function matchesEventType(pattern: string, eventType: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return pattern === eventType;
  if (!eventType.startsWith(first)) return false;
  let from = first.length;
  for (const part of others) {
    const at = eventType.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return eventType.length - from >= last.length && eventType.endsWith(last);
}
