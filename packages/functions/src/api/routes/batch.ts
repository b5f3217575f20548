/** Many messages in one call: each is accepted or refused on its own. */
import { type AcceptRequest, acceptAll } from "@homing/core/accept/accept";
import { HomingError, validationError } from "@homing/core/error";
import { type ErrorSink, FieldErrors, type FieldPath, MAX_FIELD_ERRORS } from "@homing/core/field-errors";
import { isJsonObject } from "@homing/core/json";
import { compactJson, elementsOf, memberOf } from "@homing/core/json-source";
import { MAX_BODY_BYTES } from "@homing/core/message/message-input";
import { Hono, type MiddlewareHandler } from "hono";
import type * as v from "valibot";
import {
  authorizeSender,
  checkMessage,
  type MessageContext,
  type MessageDocument,
} from "../check-message.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { MAX_DEPTH, tooLarge } from "../json-document.ts";
import { describe } from "../openapi/describe.ts";
import { presentAccepted } from "../present.ts";
import { toProblem } from "../problem.ts";
import {
  batchEntrySchema,
  batchEnvelopeSchema,
  type batchSchema,
  MAX_BATCH_BYTES,
  MAX_BATCH_MESSAGES,
} from "../requests.ts";
import type { BatchResult } from "../schemas.ts";
import { check, queryErrors, readDocument } from "../validate.ts";
import { refuseOwnDelivery } from "./messages.ts";

/** Of all results of a batch together. */
const MAX_BATCH_FIELD_ERRORS = 500;

/** A message stands two levels deeper in a batch than alone. */
const MAX_BATCH_DEPTH = MAX_DEPTH + 2;

interface Entry extends MessageDocument {
  /** Larger than a message may be alone. */
  readonly isTooLarge: boolean;
  /** What the reading of the whole batch has found in this message. */
  readonly errors: FieldErrors | undefined;
}

export function batchRoutes(deps: RouteDependencies) {
  const { store, clock, settings, admission } = deps;

  /** @throws HomingError for what is wrong with this one message. */
  const readEntry = async (entry: Entry, context: MessageContext): Promise<AcceptRequest["input"]> => {
    const { document, isTooLarge, errors } = entry;
    if (isJsonObject(document)) authorizeSender(context.principal, document);
    if (isTooLarge) throw tooLarge(MAX_BODY_BYTES);
    const checked = await checkMessage(store, batchEntrySchema, entry, context);
    const all = new FieldErrors();
    all.addAll(errors);
    if ("errors" in checked) all.addAll(checked.errors);
    if (!all.isEmpty || "errors" in checked) throw validationError(all);
    return checked.input;
  };

  return new Hono<ApiEnv>().post(
    "/v1/messages/batch",
    describe({
      operationId: "sendBatch",
      tag: "Messages",
      summary: "Send up to 100 messages",
      description:
        "Each message is stored and queued, or refused, on its own; `results` has one entry for each, in their order. An idempotency key is given in the message, not as a header.",
      headers: ["traceparent", "tracestate"],
      body: { schema: "Batch", example: "batch" },
      answers: { 207: { schema: "BatchResult", description: "What became of each message." } },
      problems: ["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
    }),
    admission.requires("send"),
    batchBody(),
    async (c) => {
      const { entries } = c.req.valid("json");
      admission.charge(c, entries.length - 1);
      const correlationId = c.get("correlationId");
      const context: MessageContext = {
        principal: c.get("principal"),
        now: clock.now(),
        allowPrivateTargets: settings.allowPrivateTargets,
        traceparent: c.req.header("traceparent"),
        tracestate: c.req.header("tracestate"),
      };
      const read = await Promise.all(
        entries.map((entry) => readEntry(entry, context).catch((error: unknown) => asRefusal(error))),
      );
      const inputs = read.filter((one): one is AcceptRequest["input"] => !(one instanceof HomingError));
      const accepted = await acceptAll(
        deps,
        inputs.map((input) => ({ input, correlationId })),
      );
      const byInput = new Map(inputs.map((input, index) => [input, accepted[index]]));

      const results = read.map((one, index): BatchResult["results"][number] => {
        const outcome = one instanceof HomingError ? one : byInput.get(one);
        if (outcome === undefined) throw new Error("acceptAll answers every request");
        if (outcome instanceof HomingError) {
          const problem = toProblem(outcome, correlationId, errorsShown(read.length));
          return { index, httpStatus: problem.status, problem };
        }
        const { message, duplicate } = outcome;
        return {
          index,
          httpStatus: duplicate ? 200 : 202,
          message: presentAccepted(message, duplicate, correlationId),
        };
      });
      c.set("logFields", {
        messages: results.length,
        refused: results.filter((result) => "problem" in result).length,
      });
      return c.json({ results }, 207);
    },
  );
}

type BatchBody = {
  in: { json: v.InferInput<typeof batchSchema> };
  out: { json: { readonly entries: readonly Entry[] } };
};

/** The envelope, taken apart. What is wrong with one message stays with that message. */
function batchBody(): MiddlewareHandler<ApiEnv, string, BatchBody> {
  return async (c, next) => {
    const envelope = queryErrors(c);
    refuseOwnDelivery(c, envelope);
    if (c.req.header("idempotency-key") !== undefined)
      envelope.add("idempotency-key", "belongs to each message of a batch, as idempotencyKey");
    const ofEntries = new Map<number, FieldErrors>();
    const { document, text, bytes } = await readDocument(
      c,
      MAX_BATCH_BYTES,
      { add: (path, message) => addToEntry(path, message, ofEntries, envelope) },
      MAX_BATCH_DEPTH,
    );
    const checked = check(batchEnvelopeSchema, document);
    if ("errors" in checked) envelope.addAll(checked.errors);
    if (!envelope.isEmpty || "errors" in checked) throw validationError(envelope);
    const texts = [...elementsOf(memberOf(text, "messages") ?? "")];
    const entries = checked.output.messages.map((entry, index): Entry => {
      const source = texts[index] ?? "";
      return {
        document: entry,
        text: source,
        // No message is larger than all of them together: most batches need no measuring.
        isTooLarge: bytes > MAX_BODY_BYTES && Buffer.byteLength(compactJson(source)) > MAX_BODY_BYTES,
        errors: ofEntries.get(index),
      };
    });
    c.req.addValidatedData("json", { entries });
    await next();
  };
}

/** What is wrong within one message is that message's own, under its own path: it must not hide another's errors. */
function addToEntry(
  path: FieldPath,
  message: string,
  ofEntries: Map<number, FieldErrors>,
  envelope: ErrorSink,
): void {
  const [field, index, ...inner] = path;
  if (field !== "messages" || typeof index !== "number" || index >= MAX_BATCH_MESSAGES) {
    envelope.add(path, message);
    return;
  }
  const own = ofEntries.get(index) ?? new FieldErrors();
  ofEntries.set(index, own);
  own.add(inner, message);
}

/** Errors told of each message: all results of a batch share one bound, as they share one answer. */
function errorsShown(messages: number): number {
  return Math.min(MAX_FIELD_ERRORS, Math.floor(MAX_BATCH_FIELD_ERRORS / messages));
}

function asRefusal(error: unknown): HomingError {
  if (error instanceof HomingError) return error;
  throw error;
}
