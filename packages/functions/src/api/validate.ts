/** Bodies and queries through their schemas: what comes out is typed, what is wrong is listed with its path. */
import { HomingError, validationError } from "@homing/core/error";
import { type ErrorSink, FieldErrors } from "@homing/core/field-errors";
import { isJsonObject, isRawNumber } from "@homing/core/json";
import type { Context, MiddlewareHandler } from "hono";
import * as v from "valibot";
import type { ApiEnv } from "./env.ts";
import { type ParsedDocument, parseDocument, tooLarge } from "./json-document.ts";
import { OverloadError } from "./overload-error.ts";
import { MAX_SMALL_BYTES } from "./requests/body-limits.ts";

type ObjectSchema = v.GenericSchema & { readonly entries: Readonly<Record<string, unknown>> };

/** May refuse a document or a query for whom it names, before anything else that is wrong with it is told. */
type Authorize = (c: Context<ApiEnv>, document: Readonly<Record<string, unknown>>) => void;

/** Checks a JSON body; `c.req.valid("json")` is then what the schema made of it. */
export function jsonBody<S extends ObjectSchema>(
  schema: S,
  maxBytes: number,
  authorize: Authorize = () => undefined,
): MiddlewareHandler<ApiEnv, string, { in: { json: v.InferInput<S> }; out: { json: v.InferOutput<S> } }> {
  return async (c, next) => {
    const errors = queryErrors(c);
    const { document } = await readDocument(c, maxBytes, errors);
    if (isJsonObject(document)) authorize(c, document);
    const checked = check(schema, document);
    if ("errors" in checked) errors.addAll(checked.errors);
    if (!errors.isEmpty || "errors" in checked) throw validationError(errors);
    c.req.addValidatedData("json", checked.output as object);
    await next();
  };
}

/** Checks the query; a parameter given twice or unknown is refused. */
export function query<S extends ObjectSchema>(
  schema: S,
  authorize: Authorize = () => undefined,
): MiddlewareHandler<ApiEnv, string, { in: { query: v.InferInput<S> }; out: { query: v.InferOutput<S> } }> {
  return async (c, next) => {
    const values = c.req.queries();
    const single = Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value]));
    authorize(c, single);
    const errors = new FieldErrors();
    for (const [name, given] of Object.entries(values))
      if (given.length > 1) errors.add(name, "is given twice");
    const checked = check(schema, single);
    if ("errors" in checked) errors.addAll(checked.errors);
    if (!errors.isEmpty || "errors" in checked) throw validationError(errors);
    c.req.addValidatedData("query", checked.output as object);
    await next();
  };
}

/** For a route that knows no query parameter. @throws HomingError VALIDATION_ERROR if there is one. */
export function refuseQuery(c: Context<ApiEnv>): void {
  const errors = queryErrors(c);
  if (!errors.isEmpty) throw validationError(errors);
}

/** Every query parameter as an unknown one. */
export function queryErrors(c: Context<ApiEnv>): FieldErrors {
  const errors = new FieldErrors();
  for (const name of Object.keys(c.req.queries())) errors.add(name, UNKNOWN_FIELD);
  return errors;
}

/**
 * A body of which everything may be left out, itself too: what the schema makes of it. `read` may make something else of
 * the document before.
 *
 * @throws HomingError VALIDATION_ERROR, for query parameters as well, and as `readDocument`.
 */
export async function readOptionalBody<S extends ObjectSchema>(
  c: Context<ApiEnv>,
  schema: S,
  maxBytes: number,
  read: (parsed: Pick<ParsedDocument, "document" | "text">) => unknown = ({ document }) => document,
): Promise<v.InferOutput<S>> {
  const errors = queryErrors(c);
  const bytes = await readBody(c, maxBytes);
  const document = bytes.byteLength === 0 ? {} : read(parseDocument(bytes, errors));
  const checked = check(schema, document);
  if ("errors" in checked) errors.addAll(checked.errors);
  if (!errors.isEmpty || "errors" in checked) throw validationError(errors);
  return checked.output;
}

/** See `parseDocument`. @throws HomingError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE or VALIDATION_ERROR, in this order. */
export async function readDocument(
  c: Context<ApiEnv>,
  maxBytes: number,
  errors: ErrorSink,
  maxDepth?: number,
): Promise<ParsedDocument> {
  return parseDocument(await readBody(c, maxBytes), errors, maxDepth);
}

export const UNKNOWN_FIELD = "is not a known field";

export type Checked<T> =
  | { readonly output: T }
  | {
      readonly errors: FieldErrors;
      /** The fields of the document that are wrong, also those whose errors are only counted. */
      readonly wrongFields: ReadonlySet<string>;
    };

/** What the schema makes of a document, or what is wrong with it. */
export function check<S extends ObjectSchema>(schema: S, document: unknown): Checked<v.InferOutput<S>> {
  const errors = new FieldErrors();
  const wrongFields = new Set<string>();
  if (!isJsonObject(document)) {
    errors.add("", "must be a JSON object");
    return { errors, wrongFields };
  }
  const result = v.safeParse(schema, document);
  if (result.success) return { output: result.output };
  for (const issue of result.issues) {
    if (issue.expected === "never") continue;
    const path = (issue.path ?? []).map(({ key }) => String(key));
    errors.add(path, messageOf(issue));
    if (path[0] !== undefined) wrongFields.add(path[0]);
  }
  // valibot stops at the first unknown field.
  for (const name of Object.keys(document))
    if (!Object.hasOwn(schema.entries, name)) errors.add(name, UNKNOWN_FIELD);
  return { errors, wrongFields };
}

/** valibot's own messages quote the received value, which may be a secret; those of our schemas do not. */
function messageOf(issue: v.BaseIssue<unknown>): string {
  if (issue.received === "undefined" || (issue.type === "strict_object" && issue.input === undefined))
    return "is required";
  if (!issue.message.startsWith("Invalid ")) return issue.message;
  return `must be ${article(String(issue.expected ?? issue.type))}${received(issue.input)}`;
}

function article(expected: string): string {
  const type = expected === "Object" ? "object" : expected.toLowerCase();
  if (!/^[a-z]+$/.test(type)) return `one of ${expected.replaceAll('"', "").replace(/^\((.*)\)$/, "$1")}`;
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

function received(input: unknown): string {
  if (typeof input === "string") return "";
  if (input === null) return ", not null";
  if (Array.isArray(input)) return ", not an array";
  if (isRawNumber(input)) return ", not a number";
  return typeof input === "object" ? ", not an object" : `, not a ${typeof input}`;
}

const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

async function readBody(c: Context<ApiEnv>, maxBytes: number): Promise<Uint8Array> {
  const contentType = c.req.header("content-type");
  if (contentType !== undefined && !JSON_MEDIA_TYPE.test(contentType)) {
    throw new HomingError("UNSUPPORTED_MEDIA_TYPE", "Send JSON, with content-type: application/json.");
  }
  const length = Number(c.req.header("content-length") ?? Number.NaN);
  if (length > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isShed = false;
  const turn = c.get("turn");
  turn?.pause();
  try {
    // So little is always kept, and is read many times faster in one piece than as a stream.
    if (length <= MAX_SMALL_BYTES) {
      const bytes = new Uint8Array(await c.req.raw.arrayBuffer());
      if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
      turn?.resume();
      turn?.hold(bytes.byteLength);
      return bytes;
    }
    for await (const chunk of c.req.raw.body ?? []) {
      size += chunk.byteLength;
      // Stops reading: a sender that never ends must not fill the memory.
      if (size > maxBytes) throw tooLarge(maxBytes);
      // Read to its end all the same: its caller might never see the answer else.
      isShed ||= turn?.hold(chunk.byteLength) === false;
      if (isShed) chunks.length = 0;
      else chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof HomingError) throw error;
    throw validationError([{ path: "", message: "could not be read to its end" }]);
  }
  if (isShed) throw new OverloadError();
  turn?.resume();
  return Buffer.concat(chunks);
}
