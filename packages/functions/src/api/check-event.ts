/** One event of a request, single or in a batch: everything that is wrong with it, or what may be accepted. */
import { readTraceContext } from "@homing/core/delivery/trace-context";
import { eventIdForKey } from "@homing/core/event/event-id";
import {
  type AcceptedEventInput,
  checkEventInput,
  type EventInput,
  eventInputSchema,
} from "@homing/core/event/event-input";
import type { EventStore } from "@homing/core/event/event-store";
import type { FieldErrors } from "@homing/core/field-errors";
import { isJsonObject } from "@homing/core/json";
import { DEFAULT_SENDER } from "@homing/core/message/message-input";
import type * as v from "valibot";
import { type MessageContext, type MessageDocument, withBodyAsWritten } from "./check-message.ts";
import type { eventBatchEntrySchema } from "./requests/batch.ts";
import { check } from "./validate.ts";

export type EventContext = Omit<MessageContext, "allowPrivateTargets">;

export type CheckedEvent = { readonly input: AcceptedEventInput } | { readonly errors: FieldErrors };

/** Fits every rule, so that the rest of an event can be checked when its own is missing. */
const SOUND: EventInput = { eventType: "event", body: null };

/** A repeated call is judged by the time of the first, as one of a message is. Only then is anything read. */
export async function checkEvent(
  events: Pick<EventStore, "get">,
  schema: typeof eventInputSchema | typeof eventBatchEntrySchema,
  source: MessageDocument,
  context: EventContext,
): Promise<CheckedEvent> {
  const document = withBodyAsWritten(source);
  const checked = checkAt(schema, document, context);
  if ("input" in checked || !checked.errors.areOnlyAt("deliverBy")) return checked;
  const { deliverBy: _, ...timeless } = document as EventInput;
  const again = checkAt(schema, timeless, context);
  if (!("input" in again) || again.input.idempotencyKey === undefined) return checked;
  const first = await events.get(eventIdForKey(again.input.senderId, again.input.idempotencyKey));
  return first ? checkAt(schema, document, { ...context, now: first.createdAt }) : checked;
}

function checkAt(
  schema: typeof eventInputSchema | typeof eventBatchEntrySchema,
  document: unknown,
  context: EventContext,
): CheckedEvent {
  const { principal, now, traceparent, tracestate } = context;
  const rules = {
    now,
    defaultSenderId: principal.senderId === "*" ? DEFAULT_SENDER : principal.senderId,
    ...readTraceContext(traceparent, tracestate),
  };
  const checked = check(schema, document);
  if ("errors" in checked) {
    const further = checkEventInput(soundPart(document, checked.wrongFields), rules);
    if ("errors" in further) checked.errors.addAll(further.errors);
    return { errors: checked.errors };
  }
  const { idempotencyKey = context.idempotencyKey, ...event } = checked.output as v.InferOutput<
    typeof eventBatchEntrySchema
  >;
  return checkEventInput(event, { ...rules, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
}

/** The fields whose shape is right, so that all of their other errors can be told at once. */
function soundPart(document: unknown, wrongFields: ReadonlySet<string>): EventInput {
  if (!isJsonObject(document)) return SOUND;
  const sound = Object.entries(document).filter(
    ([name]) => Object.hasOwn(eventInputSchema.entries, name) && !wrongFields.has(name),
  );
  return { ...SOUND, ...Object.fromEntries(sound) };
}
