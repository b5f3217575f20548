/** Bodies and queries through their schemas: what comes out is typed, what is wrong is listed with its path. */
import { type FieldError, HomingError, validationError } from "@homing/core/error";
import { isRawNumber } from "@homing/core/json";
import type { Context, MiddlewareHandler } from "hono";
import * as v from "valibot";
import type { ApiEnv } from "./env.ts";
import { parseDocument, tooLarge } from "./json-document.ts";

type Schema = v.GenericSchema;

/** Checks a JSON body; `c.req.valid("json")` is then what the schema made of it. */
export function jsonBody<S extends Schema>(
  schema: S,
  maxBytes: number,
): MiddlewareHandler<ApiEnv, string, { in: { json: v.InferInput<S> }; out: { json: v.InferOutput<S> } }> {
  return async (c, next) => {
    const document = parseDocument(await readBody(c, maxBytes));
    c.req.addValidatedData("json", check(schema, document) as object);
    await next();
  };
}

/** Checks the query; a parameter given twice or unknown is refused. */
export function query<S extends Schema>(
  schema: S,
): MiddlewareHandler<ApiEnv, string, { in: { query: v.InferInput<S> }; out: { query: v.InferOutput<S> } }> {
  return async (c, next) => {
    const values = c.req.queries();
    const twice = Object.keys(values).filter((name) => (values[name]?.length ?? 0) > 1);
    if (twice.length > 0) throw validationError(twice.map((path) => ({ path, message: "is given twice" })));
    const single = Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list[0]]));
    c.req.addValidatedData("query", check(schema, single) as object);
    await next();
  };
}

export function check<S extends Schema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw validationError(fieldErrors(result.issues));
}

export function fieldErrors(issues: ReadonlyArray<v.BaseIssue<unknown>>): FieldError[] {
  return issues.map((issue) => ({ path: v.getDotPath(issue) ?? "", message: messageOf(issue) }));
}

/** valibot's own messages quote the received value, which may be a secret; ours, set in the schemas, do not. */
function messageOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "strict_object" && issue.expected === "never") return "is not a known field";
  if (issue.received === "undefined" || (issue.type === "strict_object" && issue.input === undefined))
    return "is required";
  if (issue.kind === "schema")
    return `must be ${article(String(issue.expected ?? issue.type))}${received(issue.input)}`;
  return issue.message;
}

function article(expected: string): string {
  const type = expected === "Object" ? "object" : expected;
  return /^[a-z]+$/.test(type)
    ? `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`
    : `one of ${type.replaceAll('"', "").replace(/^\((.*)\)$/, "$1")}`;
}

function received(input: unknown): string {
  const type =
    input === null
      ? "null"
      : Array.isArray(input)
        ? "an array"
        : isRawNumber(input)
          ? "a number"
          : `a ${typeof input}`;
  return typeof input === "string" ? "" : `, not ${type.replace("a object", "an object")}`;
}

/** @throws HomingError UNSUPPORTED_MEDIA_TYPE or PAYLOAD_TOO_LARGE, in this order. */
async function readBody(c: Context, maxBytes: number): Promise<Uint8Array> {
  const contentType = c.req.header("content-type");
  if (contentType !== undefined && !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType)) {
    throw new HomingError("UNSUPPORTED_MEDIA_TYPE", "Send application/json.");
  }
  if (Number(c.req.header("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength;
    // Stops reading: a sender that never ends must not fill the memory.
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
