/** A request body as JSON, with everything refused that two parsers could read differently. */
import { type FieldError, HomingError, validationError } from "@homing/core/error";
import { endOfString, isRawNumber, parseLosslessJson } from "@homing/core/json";
import { visit } from "jsonc-parser";

export const MAX_DEPTH = 64;

export interface ParsedDocument {
  /** Numbers are digit for digit what was sent. */
  readonly document: unknown;
  /** What was parsed. */
  readonly text: string;
  /** Size of its text. */
  readonly bytes: number;
  /** Duplicate names, lone surrogates and overflowing numbers, each with its path. */
  readonly errors: readonly FieldError[];
}

/** @throws HomingError VALIDATION_ERROR for what cannot be read at all: not UTF-8, not JSON, nested too deep. */
export function parseDocument(bytes: Uint8Array, maxDepth = MAX_DEPTH): ParsedDocument {
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
  const errors: FieldError[] = [];
  const kept = inspect(document, [], errors);
  // A parser keeps the last of two equal names: only then is it worth finding out which they are.
  if (kept !== names) errors.push(...duplicateNames(text));
  return { document, text, bytes: bytes.byteLength, errors };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw validationError([{ path: "", message: "must be UTF-8" }]);
  }
}

/** Before parsing, so that no parser meets a hostile depth: the deepest nesting, and how many names there are. */
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
  let where = "";
  visit(
    text,
    {
      onError: (_code, _offset, _length, line, column) => {
        where ||= ` (line ${line + 1}, column ${column + 1})`;
      },
    },
    { disallowComments: true, allowTrailingComma: false },
  );
  return `is not valid JSON${where}`;
}

function duplicateNames(text: string): FieldError[] {
  const errors: FieldError[] = [];
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
      if (names?.has(name))
        errors.push({ path: [...pathSupplier(), name].join("."), message: "appears twice" });
      names?.add(name);
    },
  });
  return errors;
}

/** Adds what is wrong with a parsed value to `errors`; answers how many names its objects have. */
function inspect(value: unknown, trail: string[], errors: FieldError[]): number {
  if (typeof value === "string") {
    if (!value.isWellFormed())
      errors.push({ path: trail.join("."), message: "holds half of a surrogate pair" });
    return 0;
  }
  if (typeof value !== "object" || value === null) return 0;
  if (isRawNumber(value)) {
    if (!Number.isFinite(Number(value.rawJSON)))
      errors.push({ path: trail.join("."), message: "is a number beyond what JSON readers can hold" });
    return 0;
  }
  const names = Object.keys(value);
  let count = Array.isArray(value) ? 0 : names.length;
  for (const name of names) {
    if (!name.isWellFormed())
      errors.push({ path: trail.join("."), message: "has a name that holds half of a surrogate pair" });
    trail.push(name);
    count += inspect((value as Record<string, unknown>)[name], trail, errors);
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
