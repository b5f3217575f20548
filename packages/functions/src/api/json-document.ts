/** A request body as JSON, with everything refused that two parsers could read differently. */
import { HomingError, validationError } from "@homing/core/error";
import type { ErrorSink } from "@homing/core/field-errors";
import { endOfString, isRawNumber, parseLosslessJson } from "@homing/core/json";
import { type JSONVisitor, visit } from "jsonc-parser";

export const MAX_DEPTH = 64;

export interface ParsedDocument {
  /** Numbers are digit for digit what was sent. */
  readonly document: unknown;
  /** What was parsed. */
  readonly text: string;
  /** Size of its text. */
  readonly bytes: number;
}

/**
 * Duplicate names, lone surrogates and overflowing numbers go to `errors`, each with its path.
 *
 * @throws HomingError VALIDATION_ERROR for what cannot be read at all: not UTF-8, not JSON, nested too deep.
 */
export function parseDocument(bytes: Uint8Array, errors: ErrorSink, maxDepth = MAX_DEPTH): ParsedDocument {
  const text = decode(bytes);
  const { deepest, names } = scan(text);
  if (deepest > maxDepth)
    throw validationError([{ path: "", message: `must not be nested deeper than ${maxDepth} levels` }]);
  let document: unknown;
  try {
    document = parseLosslessJson(text);
  } catch {
    throw validationError([{ path: "", message: syntaxMessage(text) }]);
  }
  const kept = inspect(document, [], errors);
  // A parser keeps the last of two equal names: only then is it worth finding out which they are.
  if (kept !== names) findDuplicateNames(text, errors);
  return { document, text, bytes: bytes.byteLength };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw validationError([{ path: "", message: "must be UTF-8" }]);
  }
}

/**
 * Before parsing, so that no parser meets a hostile depth: the deepest nesting, and how many names there are. Exact
 * for JSON, and for as much of a text as is like JSON: what closes more than was opened is none from there on.
 */
function scan(text: string): { deepest: number; names: number } {
  let depth = 0;
  let deepest = 0;
  let names = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at);
        break;
      case "{":
      case "[":
        depth += 1;
        deepest = Math.max(deepest, depth);
        break;
      case "}":
      case "]":
        if (depth === 0) return { deepest, names };
        depth -= 1;
        break;
      case ":":
        names += 1;
        break;
    }
  }
  return { deepest, names };
}

/** Line and column, never the text itself: it may be a secret that was pasted into the wrong place. */
function syntaxMessage(text: string): string {
  if (text.trim() === "") return "must be a JSON document; the request has no body";
  try {
    visit(text, { onError: stopAtError }, { disallowComments: true, allowTrailingComma: false });
  } catch (stopped) {
    if (stopped instanceof SyntaxErrorAt) return `is not valid JSON (${stopped.message})`;
    throw stopped;
  }
  return "is not valid JSON";
}

class SyntaxErrorAt extends Error {}

/** Up to its first error a text is JSON, whose depth is known. Reading on would mean to guess, as deep as it likes. */
const stopAtError: NonNullable<JSONVisitor["onError"]> = (_code, _offset, _length, line, column) => {
  throw new SyntaxErrorAt(`line ${line + 1}, column ${column + 1}`);
};

function findDuplicateNames(text: string, errors: ErrorSink): void {
  const open: Array<Set<string>> = [];
  visit(text, {
    onObjectBegin: () => {
      open.push(new Set());
    },
    onObjectEnd: () => {
      open.pop();
    },
    onObjectProperty: (name, _offset, _length, _line, _column, pathSupplier) => {
      const names = open.at(-1);
      if (names?.has(name)) errors.add([...pathSupplier(), name], "appears twice");
      names?.add(name);
    },
  });
}

/** Adds what is wrong with a parsed value to `errors`; answers how many names its objects have. */
function inspect(value: unknown, trail: Array<string | number>, errors: ErrorSink): number {
  if (typeof value === "string") {
    if (!value.isWellFormed()) errors.add(trail, "holds half of a surrogate pair");
    return 0;
  }
  if (typeof value !== "object" || value === null) return 0;
  if (isRawNumber(value)) {
    if (!Number.isFinite(Number(value.rawJSON)))
      errors.add(trail, "is a number beyond what JSON readers can hold");
    return 0;
  }
  const isArray = Array.isArray(value);
  let count = 0;
  for (const [name, inner] of isArray ? value.entries() : Object.entries(value)) {
    if (typeof name === "string" && !name.isWellFormed())
      errors.add(trail, "has a name that holds half of a surrogate pair");
    trail.push(name);
    count += (isArray ? 0 : 1) + inspect(inner, trail, errors);
    trail.pop();
  }
  return count;
}

/** For a body that could not even be read. */
export function tooLarge(limitBytes: number): HomingError {
  return new HomingError(
    "PAYLOAD_TOO_LARGE",
    `The request must be at most ${limitBytes.toLocaleString("en")} bytes.`,
  );
}
