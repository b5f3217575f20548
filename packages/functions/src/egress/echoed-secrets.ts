import type { OutgoingRequest } from "@homing/core/delivery/http-client";
import { isSecretHeader, MASKED } from "@homing/core/message/headers";

/** Shorter ones would mask ordinary words, and are no secrets. */
const SHORTEST_SECRET = 6;
const SCHEMES = /^(?:bearer|digest|negotiate)$/i;

/**
 * Replaces the request's own secrets by `***` wherever a receiver sent them back: debugging endpoints echo
 * the headers they were called with, and a response is stored and shown. A value counts as a whole and in its
 * parts (`Bearer …`, the values of cookies, each of several signatures).
 */
export function createEchoMask(headers: OutgoingRequest["headers"]): (text: string) => string {
  const secrets = headers
    .filter(([name]) => isSecretHeader(name))
    .flatMap(([, value]) => [value, ...value.split(/[\s;,]+/).map(withoutName)])
    .filter((secret) => secret.length >= SHORTEST_SECRET && !SCHEMES.test(secret))
    // The longest first, so that a part never breaks up the whole it is in.
    .sort((a, b) => b.length - a.length);
  if (secrets.length === 0) return (text) => text;
  // One pass for all of them: a header may hold thousands of parts.
  const anySecret = new RegExp([...new Set(secrets)].map(RegExp.escape).join("|"), "g");
  return (text) => text.replace(anySecret, MASKED);
}

/** `session=abc` is a name and a secret; `abc=` is base64. */
function withoutName(part: string): string {
  return /^[^=]+=(?<value>[^=].*)$/.exec(part)?.groups?.value ?? part;
}
