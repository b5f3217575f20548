/** One message of a request, single or in a batch: everything that is wrong with it, or what may be accepted. */
import { readTraceContext } from "@homing/core/delivery/trace-context";
import { HomingError } from "@homing/core/error";
import type { FieldErrors } from "@homing/core/field-errors";
import { isJsonObject } from "@homing/core/json";
import { compactJson, JsonText, memberOf } from "@homing/core/json-source";
import { messageIdForKey } from "@homing/core/message/message-id";
import {
  type AcceptedInput,
  checkInput,
  DEFAULT_SENDER,
  type MessageInput,
  messageInputSchema,
  senderIdSchema,
} from "@homing/core/message/message-input";
import type { MessageStore } from "@homing/core/store/message-store";
import * as v from "valibot";
import { maySee, type Principal } from "./principal.ts";
import type { batchEntrySchema } from "./requests/batch.ts";
import { check } from "./validate.ts";

/** One message of a request: what parsing made of it, and the text it was parsed from. */
export interface MessageDocument {
  readonly document: unknown;
  readonly text: string;
}

export interface MessageContext {
  readonly principal: Principal;
  readonly now: number;
  readonly allowPrivateTargets: readonly string[];
  /** From the header of a single call; the messages of a batch carry their own. */
  readonly idempotencyKey?: string | undefined;
  /** As they came; ignored unless they are valid. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

export type CheckedMessage = { readonly input: AcceptedInput } | { readonly errors: FieldErrors };

/** Fits every rule, so that the rest of a message can be checked when its own target is missing. */
const SOUND_TARGET = "https://example.com/";

/**
 * A repeated call is judged by the time of the first: what was in the future then is no error now, and the
 * repetition answers what the first call did. Only then is anything read.
 */
export async function checkMessage(
  store: Pick<MessageStore, "get">,
  schema: typeof messageInputSchema | typeof batchEntrySchema,
  source: MessageDocument,
  context: MessageContext,
): Promise<CheckedMessage> {
  const document = withBodyAsWritten(source);
  const checked = checkAt(schema, document, context);
  if ("input" in checked || !checked.errors.areOnlyAt("deliverBy")) return checked;
  const { deliverBy: _, ...timeless } = document as MessageInput;
  const again = checkAt(schema, timeless, context);
  if (!("input" in again) || again.input.idempotencyKey === undefined) return checked;
  const first = await store.get(messageIdForKey(again.input.senderId, again.input.idempotencyKey));
  return first ? checkAt(schema, document, { ...context, now: first.createdAt }) : checked;
}

/** A target gets the body in its producer's words: the order of names and the escapes do not survive parsing. */
export function withBodyAsWritten({ document, text }: MessageDocument): unknown {
  if (!isJsonObject(document)) return document;
  const body = memberOf(text, "body");
  return body === undefined ? document : { ...document, body: new JsonText(compactJson(body)) };
}

/** @throws HomingError FORBIDDEN if the message names a sender that the key does not speak for. */
export function authorizeSender(principal: Principal, document: Readonly<Record<string, unknown>>): void {
  const { senderId } = document;
  if (v.is(senderIdSchema, senderId) && !maySee(principal, senderId))
    throw new HomingError("FORBIDDEN", "This key belongs to another sender.");
}

function checkAt(
  schema: typeof messageInputSchema | typeof batchEntrySchema,
  document: unknown,
  context: MessageContext,
): CheckedMessage {
  const { principal, now, allowPrivateTargets, traceparent, tracestate } = context;
  const rules = {
    now,
    allowPrivateTargets,
    defaultSenderId: principal.senderId === "*" ? DEFAULT_SENDER : principal.senderId,
    ...readTraceContext(traceparent, tracestate),
  };
  const checked = check(schema, document);
  if ("errors" in checked) {
    const further = checkInput(soundPart(document, checked.wrongFields), rules);
    if ("errors" in further) checked.errors.addAll(further.errors);
    return { errors: checked.errors };
  }
  const { idempotencyKey = context.idempotencyKey, ...message } = checked.output as v.InferOutput<
    typeof batchEntrySchema
  >;
  return checkInput(message, { ...rules, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
}

/** The fields whose shape is right, so that all of their other errors can be told at once. */
function soundPart(document: unknown, wrongFields: ReadonlySet<string>): MessageInput {
  if (!isJsonObject(document)) return { targetUrl: SOUND_TARGET };
  const sound = Object.entries(document).filter(
    ([name]) => Object.hasOwn(messageInputSchema.entries, name) && !wrongFields.has(name),
  );
  // What belongs to a key is not wrong for its sake.
  const whole = wrongFields.has("orderingKey") ? sound.filter(([name]) => name !== "afterFailure") : sound;
  return { targetUrl: SOUND_TARGET, ...Object.fromEntries(whole) };
}
