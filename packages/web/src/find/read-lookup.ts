/** What somebody typed, or pasted from a log, a link or a target's answer. */

export type Lookup =
  /** A whole id, which has a page of its own. */
  | { readonly kind: "page"; readonly path: string }
  | { readonly kind: "target"; readonly host: string }
  /** An idempotency key, a correlation id, a sender, a target, or part of one: only a search can tell. */
  | { readonly kind: "text"; readonly text: string };

/** Whole ids, in whatever they stand and in whichever case: the alphabet has no letter twice. */
const ID = /(?<![a-z0-9_])(msg|evt|ep)_([0-9a-hjkmnp-tv-z]{26})(?![a-z0-9_])/i;
const PLACES: Readonly<Record<string, string>> = { msg: "messages", evt: "events", ep: "endpoints" };
const URL_WITH_SCHEME = /^https?:\/\/\S+$/i;

/** An address of IPv6 is told from all else by its shape as well, with its port in brackets. */
function urlOf(text: string): string {
  if (URL_WITH_SCHEME.test(text)) return text;
  return `http://${text.startsWith("[") ? text : `[${text}]`}`;
}

export function readLookup(typed: string): Lookup | undefined {
  const text = typed.trim().replace(/^(["'`])(.+)\1$/, "$2");
  if (!text) return undefined;
  const [, prefix = "", rest = ""] = ID.exec(text) ?? [];
  const kind = prefix.toLowerCase();
  if (PLACES[kind]) return { kind: "page", path: `/${PLACES[kind]}/${kind}_${rest.toUpperCase()}` };
  try {
    return { kind: "target", host: new URL(urlOf(text)).host };
  } catch {
    return { kind: "text", text };
  }
}
