import type { OutgoingRequest } from "@homing/core/delivery/http-client";
import { isSecretHeader, MASKED } from "@homing/core/message/headers";

/** Shorter ones would mask ordinary words, and are no secrets. */
const SHORTEST_SECRET = 6;
const SCHEMES = /^(?:bearer|digest|negotiate)$/i;

/** Of a secret that the end of a cut response breaks off; fewer characters tell nothing, and end ordinary text. */
const SHORTEST_TAIL = 3;

/** So many are looked for one by one, before the expression that finds them all is made. */
const FEW_SECRETS = 16;

/** Masks secrets in `text`; with `isCut`, also the beginning of one at its end, whose rest was not read. */
export type EchoMask = (text: string, isCut?: boolean) => string;

/**
 * Replaces the request's own secrets by `***` wherever a receiver sent them back: debugging endpoints echo
 * the headers they were called with, and a response is stored and shown. A value counts as a whole and in its
 * parts (`Bearer …`, the values of cookies, each of several signatures).
 */
export function createEchoMask(headers: OutgoingRequest["headers"]): EchoMask {
  const found = headers
    .filter(([name]) => isSecretHeader(name))
    .flatMap(([, value]) => [value, ...value.split(/[\s;,]+/).map(withoutName)])
    .filter((secret) => secret.length >= SHORTEST_SECRET && !SCHEMES.test(secret))
    // The longest first, so that a part never breaks up the whole it is in.
    .sort((a, b) => b.length - a.length);
  if (found.length === 0) return (text) => text;
  const secrets = [...new Set(found)];
  // One pass for all of them, where they are many: a header may hold thousands of parts.
  const isMany = secrets.length > FEW_SECRETS;
  let anySecret: RegExp | undefined;
  const mask = (text: string) => {
    anySecret ??= new RegExp(secrets.map(RegExp.escape).join("|"), "g");
    return text.replace(anySecret, MASKED);
  };
  return (text, isCut = false) => {
    // Hardly any response echoes one.
    const masked = isMany || secrets.some((secret) => text.includes(secret)) ? mask(text) : text;
    const tail = isCut ? Math.max(...secrets.map((secret) => brokenOff(masked, secret))) : 0;
    return tail < SHORTEST_TAIL ? masked : masked.slice(0, -tail) + MASKED;
  };
}

/**
 * How many characters of the secret's beginning the text ends with. In linear time (Knuth, Morris, Pratt): a
 * secret may be 16 KiB of one character.
 */
function brokenOff(text: string, secret: string): number {
  // borders[i]: the longest proper beginning of the secret that its first i + 1 characters also end with.
  const borders = new Uint32Array(secret.length);
  const step = (matched: number, character: string | undefined): number => {
    let length = matched;
    while (length > 0 && secret[length] !== character) length = borders[length - 1] ?? 0;
    return secret[length] === character ? length + 1 : length;
  };
  for (let i = 1; i < secret.length; i += 1) borders[i] = step(borders[i - 1] ?? 0, secret[i]);
  let matched = 0;
  for (let i = Math.max(0, text.length - secret.length + 1); i < text.length; i += 1) {
    matched = step(matched, text[i]);
  }
  return matched;
}

/** `session=abc` is a name and a secret; `abc=` is base64. */
function withoutName(part: string): string {
  return /^[^=]+=(?<value>[^=].*)$/.exec(part)?.groups?.value ?? part;
}
