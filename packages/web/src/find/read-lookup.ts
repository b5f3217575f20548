/** What somebody typed, or pasted from a log, a link or a target's answer. */

export type Lookup =
  | { readonly kind: "message"; readonly messageId: string }
  | { readonly kind: "target"; readonly host: string }
  /** An idempotency key, a correlation id, a sender, a target, or part of one: only a search can tell. */
  | { readonly kind: "text"; readonly text: string };

/** Whole ids, in whatever they stand and in whichever case: the alphabet has no letter twice. */
const MESSAGE_ID = /(?<![a-z0-9_])msg_[0-9a-hjkmnp-tv-z]{26}(?![a-z0-9_])/i;
const URL_WITH_SCHEME = /^https?:\/\/\S+$/i;

export function readLookup(typed: string): Lookup | undefined {
  const text = typed.trim().replace(/^(["'`])(.+)\1$/, "$2");
  if (!text) return undefined;
  const id = MESSAGE_ID.exec(text)?.[0];
  if (id !== undefined) return { kind: "message", messageId: `msg_${id.slice(4).toUpperCase()}` };
  if (URL_WITH_SCHEME.test(text)) {
    try {
      return { kind: "target", host: new URL(text).host };
    } catch {
      // No URL after all.
    }
  }
  return { kind: "text", text };
}
