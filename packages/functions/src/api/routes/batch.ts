/** Many messages in one call: each is accepted or refused on its own. */
import { type AcceptRequest, acceptAll } from "@homing/core/accept/accept";
import { behindRefused, previousNotAccepted } from "@homing/core/accept/lane-prefix";
import { HomingError } from "@homing/core/error";
import { isJsonObject } from "@homing/core/json";
import type { LaneKey } from "@homing/core/lane/lane";
import { DEFAULT_SENDER } from "@homing/core/message/message-input";
import { Hono, type MiddlewareHandler } from "hono";
import type * as v from "valibot";
import type { BatchResult } from "../answers/batch.ts";
import { asRefusal, type BatchEntryDocument, readBatch, refusedEntry, soundEntry } from "../batch-body.ts";
import { checkMessage, type MessageContext } from "../check-message.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { describe } from "../openapi/describe.ts";
import { presentAccepted } from "../present/message.ts";
import type { Principal } from "../principal.ts";
import { batchEntrySchema, type batchSchema } from "../requests/batch.ts";
import { authorizeToActFor } from "../reserved-sender.ts";

export function batchRoutes(deps: RouteDependencies) {
  const { store, clock, settings, admission } = deps;

  /** @throws HomingError for what is wrong with this one message. */
  const readEntry = async (
    entry: BatchEntryDocument,
    context: MessageContext,
  ): Promise<AcceptRequest["input"]> => {
    authorizeToActFor(context.principal, entry.document);
    const { input } = await soundEntry(entry, () => checkMessage(store, batchEntrySchema, entry, context));
    return input;
  };

  return new Hono<ApiEnv>().post(
    "/v1/messages/batch",
    describe({
      operationId: "sendBatch",
      tag: "Messages",
      summary: "Send up to 100 messages",
      description:
        "Each message is stored and queued, or refused, on its own; `results` has one entry for each, in their order. Messages with one ordering key are delivered in the order of the list: behind one that is refused the later ones are too, with 424 PREVIOUS_NOT_ACCEPTED, and are sent again with it. An idempotency key is given in the message, not as a header.",
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
      const checked = await Promise.all(
        entries.map((entry) => readEntry(entry, context).catch((error: unknown) => asRefusal(error))),
      );
      const behind = behindRefused(
        entries,
        ({ document }) => laneOfDocument(document, context.principal),
        (_, index) => checked[index] instanceof HomingError,
      );
      const read = checked.map((one, index) =>
        behind.has(index) && !(one instanceof HomingError) ? previousNotAccepted() : one,
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
        if (outcome instanceof HomingError) return refusedEntry(outcome, index, correlationId, read.length);
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
  out: { json: { readonly entries: readonly BatchEntryDocument[] } };
};

function batchBody(): MiddlewareHandler<ApiEnv, string, BatchBody> {
  return async (c, next) => {
    c.req.addValidatedData("json", { entries: await readBatch(c, "messages") });
    await next();
  };
}

/** The lane that a message names, whatever else is wrong with it. */
function laneOfDocument(document: unknown, { senderId: own }: Principal): LaneKey | undefined {
  if (!isJsonObject(document)) return undefined;
  const { orderingKey, senderId = own === "*" ? DEFAULT_SENDER : own } = document;
  return typeof orderingKey === "string" && typeof senderId === "string"
    ? { senderId, orderingKey }
    : undefined;
}
