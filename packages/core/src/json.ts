/**
 * JSON whose numbers keep every digit. A parsed number is kept as its source text, so that writing the value
 * again yields what the producer wrote: 12345678901234567890 and 1e20 and 1.0 stay what they are.
 */

/** A number of a parsed document; `rawJSON` is its source text. */
export interface RawNumber {
  readonly rawJSON: string;
}

// TypeScript's library does not know JSON source text access yet (ES2026, in Node since 21).
type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;
const json: {
  parse(text: string, reviver?: Reviver): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
} = JSON as never;

/**
 * What a number must hold to come out of a parse and a stringify changed: a point, an exponent, a minus before
 * a zero or more digits than a double keeps. Texts within strings match too, which only costs time.
 */
const LOSSY = /\d[.eE]|-0|\d{16}/;

/**
 * A number that JavaScript writes as it stands here: up to 15 digits, no exponent, no needless zero. The usual
 * document holds no other, and is then parsed many times faster.
 */
const PLAIN_NUMBER = /(?:0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,8})\.\d{0,5}[1-9])(?![\d.eE+-])/y;

/** @throws SyntaxError if the text is not JSON. */
export function parseLosslessJson(text: string): unknown {
  if (hasPlainNumbersOnly(text)) return json.parse(text);
  // Without a reviver parsing takes a fraction of the time.
  if (!LOSSY.test(text)) return JSON.parse(text);
  return json.parse(text, (_key, value, { source }) => {
    if (typeof value !== "number" || source === undefined || String(value) === source) return value;
    return json.rawJSON(source);
  });
}

function hasPlainNumbersOnly(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = endOfString(text, at);
    } else if (unit === MINUS || (unit >= DIGIT_0 && unit <= DIGIT_9)) {
      PLAIN_NUMBER.lastIndex = at;
      if (!PLAIN_NUMBER.test(text)) return false;
      at = PLAIN_NUMBER.lastIndex - 1;
    }
  }
  return true;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** Where the JSON string that begins at `start` ends: the place of its closing quote, or the end of the text. */
export function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0) {
    // Escaped if an odd number of backslashes stands before it.
    let slash = quote;
    while (slash - 1 > start && text.charCodeAt(slash - 1) === BACKSLASH) slash -= 1;
    if ((quote - slash) % 2 === 0) return quote;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

export function isRawNumber(value: unknown): value is RawNumber {
  return json.isRawJSON(value);
}

/** Whether a parsed value was written as an object; a number that keeps its digits is an object to JavaScript only. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isRawNumber(value);
}

/** Compact JSON text of a parsed value. */
export function stringifyJson(value: unknown): string {
  return JSON.stringify(value);
}

/** JSON text with the names of every object in code unit order: equal values have equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  // `fromEntries` defines its properties: even "__proto__" is one like any other.
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}
