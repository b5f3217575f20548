/** The envelope of a batch, taken apart: what is wrong with one entry stays with that entry. */
import { HomingError, validationError } from "@homing/core/error";
import { type ErrorSink, FieldErrors, type FieldPath, MAX_FIELD_ERRORS } from "@homing/core/field-errors";
import { compactJson, elementsOf, memberOf } from "@homing/core/json-source";
import { MAX_BODY_BYTES } from "@homing/core/message/message-input";
import type { Context } from "hono";
import type { Problem } from "./answers/problem.ts";
import type { MessageDocument } from "./check-message.ts";
import type { ApiEnv } from "./env.ts";
import { MAX_DEPTH, tooLarge } from "./json-document.ts";
import { toProblem } from "./problem.ts";
import { refuseOwnDelivery } from "./refuse-own-delivery.ts";
import { batchEnvelopeSchema, eventBatchEnvelopeSchema, MAX_BATCH_MESSAGES } from "./requests/batch.ts";
import { MAX_BATCH_BYTES } from "./requests/body-limits.ts";
import { check, queryErrors, readDocument } from "./validate.ts";

/** Of all results of a batch together. */
const MAX_BATCH_FIELD_ERRORS = 500;

/** An entry stands two levels deeper in a batch than alone. */
const MAX_BATCH_DEPTH = MAX_DEPTH + 2;

export interface BatchEntryDocument extends MessageDocument {
  /** Larger than an entry may be alone. */
  readonly isTooLarge: boolean;
  /** What the reading of the whole batch has found in this entry. */
  readonly errors: FieldErrors | undefined;
}

/** What a batch holds, and so what its one member is called. */
export type BatchOf = "messages" | "events";

/** @throws HomingError for what is wrong with the envelope. */
export async function readBatch(c: Context<ApiEnv>, of: BatchOf): Promise<readonly BatchEntryDocument[]> {
  const envelope = queryErrors(c);
  refuseOwnDelivery(c, envelope);
  if (c.req.header("idempotency-key") !== undefined)
    envelope.add("idempotency-key", `belongs to each of the ${of} of a batch, as idempotencyKey`);
  const ofEntries = new Map<number, FieldErrors>();
  const { document, text, bytes } = await readDocument(
    c,
    MAX_BATCH_BYTES,
    { add: (path, message) => addToEntry(of, path, message, ofEntries, envelope) },
    MAX_BATCH_DEPTH,
  );
  const documents = checkEnvelope(of, document, envelope);
  if (!envelope.isEmpty || documents === undefined) throw validationError(envelope);
  const texts = [...elementsOf(memberOf(text, of) ?? "")];
  return documents.map((entry, index) => {
    const source = texts[index] ?? "";
    return {
      document: entry,
      text: source,
      // No entry is larger than all of them together: most batches need no measuring.
      isTooLarge: bytes > MAX_BODY_BYTES && Buffer.byteLength(compactJson(source)) > MAX_BODY_BYTES,
      errors: ofEntries.get(index),
    };
  });
}

function checkEnvelope(of: BatchOf, document: unknown, errors: FieldErrors): readonly unknown[] | undefined {
  const checked =
    of === "messages" ? check(batchEnvelopeSchema, document) : check(eventBatchEnvelopeSchema, document);
  if ("errors" in checked) {
    errors.addAll(checked.errors);
    return undefined;
  }
  return "messages" in checked.output ? checked.output.messages : checked.output.events;
}

/** What is wrong within one entry is that entry's own, under its own path: it must not hide another's errors. */
function addToEntry(
  of: BatchOf,
  path: FieldPath,
  message: string,
  ofEntries: Map<number, FieldErrors>,
  envelope: ErrorSink,
): void {
  const [field, index, ...inner] = path;
  if (field !== of || typeof index !== "number" || index >= MAX_BATCH_MESSAGES) {
    envelope.add(path, message);
    return;
  }
  const own = ofEntries.get(index) ?? new FieldErrors();
  ofEntries.set(index, own);
  own.add(inner, message);
}

/**
 * What an entry asks for, checked; everything that is wrong with it, also what the reading of the batch has found.
 *
 * @throws HomingError
 */
export async function soundEntry<T extends object>(
  { isTooLarge, errors }: BatchEntryDocument,
  checkEntry: () => Promise<T | { readonly errors: FieldErrors }>,
): Promise<Exclude<T, { readonly errors: FieldErrors }>> {
  if (isTooLarge) throw tooLarge(MAX_BODY_BYTES);
  const checked = await checkEntry();
  const all = new FieldErrors();
  all.addAll(errors);
  if ("errors" in checked) all.addAll(checked.errors as FieldErrors);
  if (!all.isEmpty || "errors" in checked) throw validationError(all);
  return checked as Exclude<T, { readonly errors: FieldErrors }>;
}

export interface RefusedEntry {
  readonly index: number;
  readonly httpStatus: number;
  readonly problem: Problem;
}

/** `entries`: how many there are, all of whose errors share one bound, as they share one answer. */
export function refusedEntry(
  error: HomingError,
  index: number,
  correlationId: string,
  entries: number,
): RefusedEntry {
  const shown = Math.min(MAX_FIELD_ERRORS, Math.floor(MAX_BATCH_FIELD_ERRORS / entries));
  const problem = toProblem(error, correlationId, shown);
  return { index, httpStatus: problem.status, problem };
}

export function asRefusal(error: unknown): HomingError {
  if (error instanceof HomingError) return error;
  throw error;
}
