/** How a message stands in the table: attribute by attribute, the empty ones left out. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  type Attempt,
  attentionOf,
  type HistoryEntry,
  type HistoryReason,
  listGroupOf,
  type Message,
  type Payload,
  type Status,
} from "@homing/core/message/message";
import { shardOf } from "@homing/core/message/message-id";
import type { TransitionEntry } from "@homing/core/message/transition";
import type { PayloadOwner } from "@homing/core/store/message-store";
import { decodeFirstAttempt, encodeFirstAttempt } from "./first-attempt.ts";
import { ORDERED_FORMAT } from "./item-format.ts";

export type Item = Record<string, AttributeValue>;

/** Sort keys: everything about one message lies under its id, its attempts before the message itself. */
export const MESSAGE_KEY = "message";
const PAYLOAD_PREFIX = "payload#";
const ATTEMPT_PREFIX = "attempt#";

export function messageKey(messageId: string): Item {
  return { pk: { S: messageId }, sk: { S: MESSAGE_KEY } };
}

/** The hash is part of the key: a call with another payload can never replace this one. */
export function payloadKey({ messageId, requestHash, createdAt }: PayloadOwner): Item {
  return { pk: { S: messageId }, sk: { S: `${PAYLOAD_PREFIX}${requestHash}#${createdAt}` } };
}

/** Number and claim: an attempt whose claim was taken away never overwrites its successor's. */
export function attemptKey(messageId: string, attempt: Pick<Attempt, "number" | "claimId">): Item {
  const number = String(attempt.number).padStart(6, "0");
  return { pk: { S: messageId }, sk: { S: `${ATTEMPT_PREFIX}${number}#${attempt.claimId}` } };
}

/** A key of an index: what is listed together, split by shard. */
export function shardKey(prefix: string, shard: number): AttributeValue {
  return { S: `${prefix}#${shard}` };
}

export function dueShardKey(shard: number): AttributeValue {
  return { S: String(shard) };
}

/** Attributes that are stored as they are. `expiresAt` is in seconds, for DynamoDB's time to live. */
const TEXTS = [
  "senderId",
  "requestHash",
  "correlationId",
  "idempotencyKey",
  "eventId",
  "endpointId",
  "eventType",
  "status",
  "pendingReason",
  "failureReason",
  "sendId",
  "claimId",
  "writeId",
  "lastErrorCode",
  "orderingKey",
  "afterFailure",
] as const satisfies ReadonlyArray<keyof Message>;

const NUMBERS = [
  "createdAt",
  "deliverAt",
  "deliverBy",
  "revision",
  "updatedAt",
  "dueAt",
  "notBefore",
  "finishedAt",
  "attempt",
  "attemptLimit",
  "unknowns",
  "claimedAt",
  "leaseUntil",
  "sends",
  "rollbacks",
  "rolledBackAt",
  "sendFailingSince",
  "orphans",
  "historyOmitted",
  "responseStatus",
  "forcedAttempt",
  "slotAt",
  "paceRound",
  "round",
  "sequence",
  "skippedAt",
  "resolvedAt",
] as const satisfies ReadonlyArray<keyof Message>;

/** True, or absent. */
const FLAGS = ["waitsForTurn", "inLine", "repaced"] as const satisfies ReadonlyArray<keyof Message>;

/** Absent means zero: each byte of this item is written again with every transition. */
const ZERO_IF_ABSENT = new Set<string>([
  "attempt",
  "unknowns",
  "sends",
  "rollbacks",
  "orphans",
  "historyOmitted",
]);
/** Whoever does not know deliveries would look for a payload of their own. */
const DELIVERY_FORMAT = 2;

/** Conditions and arithmetic need these to be there. */
const ALWAYS_STORED = new Set<string>(["attempt"]);

export function encodeMessage(message: Message, shards: number): Item {
  const { messageId, senderId } = message;
  const shard = shardOf(messageId, shards);
  const item: Item = {
    ...messageKey(messageId),
    listKey: shardKey(listGroupOf(message), shard),
    senderKey: shardKey(senderId, shard),
    history: encodeHistory(message.history, message.correlationId),
  };
  for (const name of [...TEXTS, ...NUMBERS]) {
    const value = message[name];
    if (value === undefined || (value === 0 && ZERO_IF_ABSENT.has(name) && !ALWAYS_STORED.has(name)))
      continue;
    item[name] = encodeAttribute(name, value);
  }
  for (const name of FLAGS) if (message[name]) item[name] = encodeAttribute(name, true);
  if (message.orderingKey !== undefined) item.format = encodeAttribute("format", ORDERED_FORMAT);
  if (message.dueAt !== undefined) item.dueShard = dueShardKey(shard);
  if (message.endpointId !== undefined) {
    item.endpointKey = shardKey(message.endpointId, shard);
    item.format = { N: String(DELIVERY_FORMAT) };
  }
  const attention = attentionOf(message);
  if (attention) item.attentionKey = shardKey(attention, shard);
  if (message.expiresAt !== undefined) item.expiresAt = encodeAttribute("expiresAt", message.expiresAt);
  if (message.firstAttempt !== undefined)
    item.firstAttempt = { S: encodeFirstAttempt(message.firstAttempt, message.claimId) };
  return item;
}

export function encodeAttribute(name: string, value: unknown): AttributeValue {
  if (name === "expiresAt") return encodeExpiry(value as number);
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  return { S: typeof value === "string" ? value : JSON.stringify(value) };
}

/** Seconds, rounded up: a record is never forgotten early. */
export function encodeExpiry(ms: number): AttributeValue {
  return { N: String(Math.ceil(ms / 1_000)) };
}

export function decodeMessage(item: Item): Message {
  const message: Record<string, unknown> = { messageId: item.pk?.S };
  for (const name of TEXTS) {
    const text = item[name]?.S;
    if (text !== undefined) message[name] = text;
  }
  for (const name of NUMBERS) {
    const text = item[name]?.N;
    if (text !== undefined) message[name] = Number(text);
    else if (ZERO_IF_ABSENT.has(name)) message[name] = 0;
  }
  for (const name of FLAGS) if (item[name]?.BOOL) message[name] = true;
  if (item.expiresAt?.N !== undefined) message.expiresAt = Number(item.expiresAt.N) * 1_000;
  if (item.firstAttempt?.S !== undefined)
    message.firstAttempt = decodeFirstAttempt(item.firstAttempt.S, item.claimId?.S);
  message.history = decodeHistory(item.history?.L ?? [], message.correlationId as string);
  return message as unknown as Message;
}

/** `expiresAt` of an item in milliseconds; undefined if it stays. */
export function isExpired(item: Item, now: number): boolean {
  const seconds = item.expiresAt?.N;
  return seconds !== undefined && Number(seconds) * 1_000 <= now;
}

const NONE = "-";

/**
 * `time to reason`, then `from` and the correlation id where they cannot be told from the rest: `from` is the
 * `to` of the entry before, and most entries carry the message's own correlation id. A claim is appended
 * without having read the message, so it could not even know its `from`.
 */
export function encodeEntry(entry: TransitionEntry & { readonly from?: Status | null }): string {
  const { at, to, reason, from, correlationId } = entry;
  const rest = correlationId === undefined ? (from ? [from] : []) : [from ?? NONE, correlationId];
  return [at, to, reason, ...rest].join(" ");
}

/** A whole history; the entry behind a gap keeps its `from`, because what came before it is gone. */
export function encodeHistory(
  history: readonly HistoryEntry[],
  messageCorrelationId?: string,
): AttributeValue {
  return {
    L: history.map((entry, index) => {
      const { from, correlationId, ...rest } = entry;
      const isToldByPrevious = from === (history[index - 1]?.to ?? null);
      const isOwn = correlationId === messageCorrelationId;
      return {
        S: encodeEntry({
          ...rest,
          ...(isToldByPrevious ? {} : { from }),
          ...(isOwn ? {} : { correlationId }),
        }),
      };
    }),
  };
}

function decodeHistory(list: readonly AttributeValue[], messageCorrelationId: string): HistoryEntry[] {
  let previous: Status | null = null;
  return list.map((value) => {
    const [at, to, reason, from = NONE, correlationId] = (value.S ?? "").split(" ");
    const entry: HistoryEntry = {
      at: Number(at),
      from: from === NONE ? previous : (from as Status),
      to: to as Status,
      reason: reason as HistoryReason,
      correlationId: correlationId ?? messageCorrelationId,
    };
    previous = entry.to;
    return entry;
  });
}

export function encodePayload(owner: PayloadOwner, payload: Payload, expiresAt: number): Item {
  const { targetUrl, method, headers, body, metadata, traceparent, tracestate } = payload;
  return {
    ...payloadKey(owner),
    expiresAt: encodeExpiry(expiresAt),
    targetUrl: { S: targetUrl },
    method: { S: method },
    headers: { S: JSON.stringify(headers) },
    ...(body === undefined ? {} : { body: { S: body } }),
    ...(metadata === undefined ? {} : { metadata: { S: JSON.stringify(metadata) } }),
    ...(traceparent === undefined ? {} : { traceparent: { S: traceparent } }),
    ...(tracestate === undefined ? {} : { tracestate: { S: tracestate } }),
  };
}

export function decodePayload(item: Item): Payload {
  const { targetUrl, method, headers, body, metadata, traceparent, tracestate } = item;
  return {
    targetUrl: targetUrl?.S ?? "",
    method: method?.S ?? "",
    headers: JSON.parse(headers?.S ?? "{}"),
    ...(body?.S === undefined ? {} : { body: body.S }),
    ...(metadata?.S === undefined ? {} : { metadata: JSON.parse(metadata.S) }),
    ...(traceparent?.S === undefined ? {} : { traceparent: traceparent.S }),
    ...(tracestate?.S === undefined ? {} : { tracestate: tracestate.S }),
  };
}

export function encodeAttempt(messageId: string, attempt: Attempt, expiresAt: number): Item {
  return {
    ...attemptKey(messageId, attempt),
    expiresAt: encodeExpiry(expiresAt),
    attempt: { S: JSON.stringify(attempt) },
  };
}

export function decodeAttempt(item: Item): Attempt {
  return JSON.parse(item.attempt?.S ?? "{}");
}

export function isAttemptItem(item: Item): boolean {
  return item.sk?.S?.startsWith(ATTEMPT_PREFIX) ?? false;
}
