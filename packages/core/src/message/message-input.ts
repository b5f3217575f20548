/** What a producer may ask for: the schema of one message, and the rules a schema cannot state. */
import * as v from "valibot";
import { DAY } from "../duration.ts";
import { type ErrorSink, FieldErrors } from "../field-errors.ts";
import { isJsonObject, stringifyJson } from "../json.ts";
import { JsonText } from "../json-source.ts";
import { checkContentType } from "./content-type.ts";
import { checkHeaders } from "./headers.ts";
import type { Payload } from "./message.ts";
import { MAX_TARGET_URL_LENGTH, parseTargetUrl } from "./target-url.ts";
import { parseTimestamp } from "./timestamp.ts";

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
/** Of a request, and of a body to be delivered. */
export const MAX_BODY_BYTES = 262_144;
export const MAX_METADATA_PAIRS = 16;
/** Names and values together: every list shows them with each message. */
export const MAX_METADATA_BYTES = 8_192;
/** How far ahead `deliverAt` may lie. */
export const LONGEST_SCHEDULE_MS = 30 * DAY;
export const DEFAULT_SENDER = "default";

export const senderIdSchema = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "must be 1 to 64 of A-Z a-z 0-9 . _ - and start with a letter or digit",
  ),
  v.description("Who sends; keeps its own lists, limits and signing secret."),
);

export const idempotencyKeySchema = v.pipe(
  v.string(),
  v.regex(/^[\x20-\x7e]{1,255}$/, "must be 1 to 255 printable ASCII characters"),
  // A header loses the spaces around its value (RFC 9110 §5.5): nobody could name this message again by one.
  v.check((key) => key.trim() === key, "must not begin or end with a space"),
);

export const orderingKeySchema = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,128}$/, "must be 1 to 128 printable ASCII characters without spaces"),
);

export const AFTER_FAILURE = ["continue", "block"] as const;

export const timestampSchema = v.pipe(
  v.string(),
  v.check(
    (text) => parseTimestamp(text) !== undefined,
    "must be an RFC 3339 time such as 2026-12-24T08:00:00Z",
  ),
  v.metadata({ format: "date-time" }),
);

/**
 * An object of strings, whatever their names. Not `v.record`: it takes arrays for objects, and drops names such
 * as "constructor" without a word.
 */
export const textRecord = v.pipe(
  v.custom<Readonly<Record<string, string>>>(isJsonObject, "must be an object"),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const [key, value] of Object.entries<unknown>(dataset.value)) {
      if (typeof value === "string") continue;
      addIssue({
        message: "must be a string",
        path: [{ type: "object", origin: "value", input: dataset.value, key, value }],
      });
    }
  }),
  v.metadata({ type: "object", additionalProperties: { type: "string" } }),
);

export const metadataSchema = v.pipe(
  textRecord,
  v.maxEntries(MAX_METADATA_PAIRS, "must have at most 16 pairs"),
  v.description("At most 16 pairs, 8 KiB in all. Stored and shown, not sent."),
);

/** The entries of one message; a batch adds `idempotencyKey` to each. */
export const messageInputEntries = {
  targetUrl: v.pipe(
    v.string(),
    v.maxLength(MAX_TARGET_URL_LENGTH, "must be at most 2,048 characters"),
    v.description("Where to deliver: http or https, a public host."),
  ),
  method: v.optional(v.picklist(METHODS, `must be one of ${METHODS.join(", ")}`)),
  headers: v.optional(
    v.pipe(
      textRecord,
      v.description("At most 64, 16 KiB in all. Those that HTTP or Homing itself sets are refused."),
    ),
  ),
  body: v.optional(
    v.pipe(
      v.unknown(),
      v.description(
        "Any JSON value. A string is sent as its UTF-8 bytes, anything else as the JSON text it is written in, without insignificant white space. Binary bodies are not offered.",
      ),
    ),
  ),
  senderId: v.optional(senderIdSchema),
  deliverAt: v.optional(
    v.pipe(timestampSchema, v.description("Not before this time, at most 30 days ahead.")),
  ),
  deliverBy: v.optional(
    v.pipe(timestampSchema, v.description("Useless after this time: no attempt starts later.")),
  ),
  orderingKey: v.optional(
    v.pipe(
      orderingKeySchema,
      v.description(
        "Messages of one sender with the same key are delivered one at a time, in the order in which they were accepted. Not with deliverAt.",
      ),
    ),
  ),
  afterFailure: v.optional(
    v.pipe(
      v.picklist(AFTER_FAILURE, `must be one of ${AFTER_FAILURE.join(", ")}`),
      v.description(
        "What those behind it in its order do once it has FAILED: go on, or wait until somebody retries or skips it. Only with orderingKey.",
      ),
    ),
  ),
  metadata: v.optional(metadataSchema),
};

export const messageInputSchema = v.strictObject(messageInputEntries, "must be a JSON object");
export type MessageInput = v.InferOutput<typeof messageInputSchema>;

/** A message as it was asked for, checked and with the defaults filled in. */
export interface AcceptedInput {
  readonly senderId: string;
  readonly payload: Payload;
  readonly deliverAt?: number;
  readonly deliverBy?: number;
  readonly idempotencyKey?: string;
  readonly orderingKey?: string;
  /** Absent: those behind it go on. */
  readonly afterFailure?: "block";
}

export interface InputContext {
  readonly now: number;
  readonly defaultSenderId: string;
  readonly allowPrivateTargets: readonly string[];
  readonly idempotencyKey?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/**
 * Checks what no schema can and fills in the defaults. Answers what is wrong, with the path of
 * each; `targetUrl` comes out normalised.
 */
export function checkInput(
  input: MessageInput,
  context: InputContext,
): { input: AcceptedInput } | { errors: FieldErrors } {
  const errors = new FieldErrors();
  const target = parseTargetUrl(input.targetUrl, context.allowPrivateTargets);
  if (!target.ok) errors.add("targetUrl", target.message);
  for (const { name, message } of checkHeaders(input.headers ?? {})) {
    errors.add(name === undefined ? "headers" : ["headers", name], message);
  }

  const method = input.method ?? "POST";
  const body = input.body === undefined ? undefined : jsonText(input.body);
  for (const { path, message } of checkContentType(input.headers ?? {}, body)) errors.add(path, message);
  if (body !== undefined && method === "GET") errors.add("body", "must be left out with GET");
  if (body !== undefined && bodyBytes(body) > MAX_BODY_BYTES) {
    errors.add("body", "must be at most 262,144 bytes as it is delivered");
  }

  checkMetadata(input.metadata ?? {}, errors);

  const deliverAt = input.deliverAt === undefined ? undefined : parseTimestamp(input.deliverAt);
  const deliverBy = input.deliverBy === undefined ? undefined : parseTimestamp(input.deliverBy);
  if (deliverAt !== undefined && deliverAt > context.now + LONGEST_SCHEDULE_MS) {
    errors.add("deliverAt", "must be at most 30 days ahead");
  }
  if (deliverBy !== undefined && deliverBy <= Math.max(context.now, deliverAt ?? 0)) {
    errors.add("deliverBy", "must be in the future, and later than deliverAt");
  }
  const { orderingKey, afterFailure } = input;
  if (orderingKey !== undefined && deliverAt !== undefined)
    errors.add("deliverAt", "must be left out with orderingKey: those behind it would wait for it");
  if (afterFailure !== undefined && orderingKey === undefined)
    errors.add("afterFailure", "needs orderingKey: nobody else waits for this message");
  if (!errors.isEmpty || !target.ok) return { errors };

  return {
    input: {
      senderId: input.senderId ?? context.defaultSenderId,
      payload: {
        targetUrl: target.url.href,
        method,
        headers: input.headers ?? {},
        ...(body === undefined ? {} : { body }),
        ...(input.metadata === undefined ? {} : { metadata: input.metadata }),
        ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
        ...(context.tracestate === undefined ? {} : { tracestate: context.tracestate }),
      },
      ...(deliverAt === undefined ? {} : { deliverAt }),
      ...(deliverBy === undefined ? {} : { deliverBy }),
      ...(context.idempotencyKey === undefined ? {} : { idempotencyKey: context.idempotencyKey }),
      ...(orderingKey === undefined ? {} : { orderingKey }),
      ...(afterFailure === "block" ? { afterFailure } : {}),
    },
  };
}

/** A body that was read from a request is kept in its own words; one that was not has only its meaning. */
export function jsonText(body: unknown): string {
  return body instanceof JsonText ? body.text : stringifyJson(body);
}

/** What no schema can say of metadata. */
export function checkMetadata(metadata: Readonly<Record<string, string>>, errors: ErrorSink): void {
  if (bytesOf(metadata) > MAX_METADATA_BYTES)
    errors.add("metadata", "must be at most 8,192 bytes, names and values together");
}

function bytesOf(pairs: Readonly<Record<string, string>>): number {
  return Object.entries(pairs).reduce(
    (bytes, [name, value]) => bytes + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
}

/** Bytes that will be delivered: a JSON string arrives without its quotes and escapes. */
export function bodyBytes(body: string): number {
  return Buffer.byteLength(deliveredBody(body));
}

/** What a target receives for a body's JSON text: a string itself, anything else its JSON text. */
export function deliveredBody(body: string): string {
  return body.startsWith('"') ? (JSON.parse(body) as string) : body;
}
