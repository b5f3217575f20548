/** A request body as JSON, with everything refused that two parsers could read differently. */
import { type FieldError, HomingError, validationError } from "@homing/core/error";
import { isRawNumber, parseLosslessJson } from "@homing/core/json";
import { visit } from "jsonc-parser";

export const MAX_DEPTH = 64;

/**
 * The document, its numbers digit for digit. @throws HomingError VALIDATION_ERROR naming the path of every
 * duplicate name, lone surrogate and overflowing number, or what is wrong with the syntax.
 */
export function parseDocument(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  if (depthOf(text) > MAX_DEPTH)
    throw validationError([{ path: "", message: `must not be nested deeper than ${MAX_DEPTH} levels` }]);
  let document: unknown;
  try {
    document = parseLosslessJson(text);
  } catch {
    throw validationError([{ path: "", message: syntaxMessage(text) }]);
  }
  const errors = [...duplicateNames(text), ...badValues(document, "")];
  if (errors.length > 0) throw validationError(errors);
  return document;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw validationError([{ path: "", message: "must be UTF-8" }]);
  }
}

/** Deepest nesting of arrays and objects; counted before parsing, so that no parser meets a hostile depth. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text[i];
    if (inString) {
      if (unit === "\\") i += 1;
      else if (unit === '"') inString = false;
    } else if (unit === '"') inString = true;
    else if (unit === "{" || unit === "[") deepest = Math.max(deepest, ++depth);
    else if (unit === "}" || unit === "]") depth -= 1;
  }
  return deepest;
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

function badValues(value: unknown, path: string): FieldError[] {
  if (typeof value === "string")
    return value.isWellFormed() ? [] : [{ path, message: "holds half of a surrogate pair" }];
  if (isRawNumber(value)) {
    return Number.isFinite(Number(value.rawJSON))
      ? []
      : [{ path, message: "is a number beyond what JSON readers can hold" }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = path === "" ? name : `${path}.${name}`;
    if (!name.isWellFormed()) return [{ path, message: "has a name that holds half of a surrogate pair" }];
    return badValues(inner, at);
  });
}

/** For a body that could not even be read. */
export function tooLarge(limitBytes: number): HomingError {
  return new HomingError(
    "PAYLOAD_TOO_LARGE",
    `The request must be at most ${limitBytes.toLocaleString("en")} bytes.`,
  );
}
