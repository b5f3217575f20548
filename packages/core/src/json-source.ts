/** Parts of a JSON document as they were written: cut out of its text, where parsing and writing would change them. */
import { endOfString } from "./json.ts";

/** A value that is kept as its producer wrote it, without insignificant white space. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Names, unescaped, and source texts of an object's members, in their order. @param object valid JSON */
export function* membersOf(object: string): Generator<[name: string, source: string]> {
  let at = skipSpace(object, object.indexOf("{") + 1);
  while (object.charCodeAt(at) === QUOTE) {
    const nameEnd = endOfString(object, at) + 1;
    const name = nameOf(object.slice(at, nameEnd));
    const start = skipSpace(object, skipSpace(object, nameEnd) + 1);
    const end = endOfValue(object, start);
    yield [name, object.slice(start, end)];
    at = afterComma(object, end);
  }
}

function nameOf(literal: string): string {
  return literal.includes("\\") ? (JSON.parse(literal) as string) : literal.slice(1, -1);
}

/** Source texts of an array's elements. @param array valid JSON */
export function* elementsOf(array: string): Generator<string> {
  let at = skipSpace(array, array.indexOf("[") + 1);
  while (at < array.length && array.charCodeAt(at) !== CLOSING_BRACKET) {
    const end = endOfValue(array, at);
    yield array.slice(at, end);
    at = afterComma(array, end);
  }
}

/** Source text of one member of an object; undefined if there is none. @param object valid JSON */
export function memberOf(object: string, name: string): string | undefined {
  for (const [other, source] of membersOf(object)) if (other === name) return source;
  return undefined;
}

/** The same text without insignificant white space. @param text valid JSON */
export function compactJson(text: string): string {
  if (!/[\t\n\r ]/.test(text)) return text;
  // Byte by byte in one buffer: white space, quotes and backslashes are no part of any longer UTF-8 sequence, and
  // a string built of as many pieces as a hostile text has blanks takes many times the text's memory.
  const bytes = Buffer.from(text);
  let length = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (!inString && isSpace(byte)) continue;
    bytes[length++] = byte;
    if (byte === QUOTE) inString = !inString;
    else if (byte === BACKSLASH) bytes[length++] = bytes[++at] as number;
  }
  return length === bytes.length ? text : bytes.toString("utf8", 0, length);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** RFC 8259 §2. */
function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function afterComma(text: string, end: number): number {
  const at = skipSpace(text, end);
  return text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : at;
}

/** Where the value that begins at `start` ends. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = endOfString(text, at);
      if (depth === 0) return at + 1;
    } else if (unit === OPENING_BRACE || unit === OPENING_BRACKET) {
      depth += 1;
    } else if (unit === CLOSING_BRACE || unit === CLOSING_BRACKET) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (unit === COMMA || isSpace(unit))) {
      return at;
    }
  }
  return text.length;
}
