/** How an event stands in the table, and what its deliveries carry. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Event } from "@homing/core/event/event";
import type { EventPayload } from "@homing/core/event/event-input";
import type { EventPayloadOwner, EventPayloadSummary } from "@homing/core/event/event-store";
import { shardOf } from "@homing/core/message/message-id";
import { dueShardKey, encodeExpiry, type Item, shardKey } from "./message-item.ts";

/** Events have these partitions of the list index to themselves, and never move from one to the other. */
export const EVENT_GROUP = "EVENT";
export const UNMATCHED_GROUP = "UNMATCHED";

/** One sender's events in the sender index: no sender's id holds a `#`. */
export function eventsOf(senderId: string): string {
  return `event#${senderId}`;
}

export function eventKey(eventId: string): Item {
  return { pk: { S: eventId }, sk: { S: "event" } };
}

const PAYLOAD_PREFIX = "payload#";

export function eventPayloadKey({ eventId, requestHash }: EventPayloadOwner): Item {
  return { pk: { S: eventId }, sk: { S: PAYLOAD_PREFIX + requestHash } };
}

/** Of the item that says which slices of a large event have been expanded. */
export function slicesKey(eventId: string): Item {
  return { pk: { S: eventId }, sk: { S: "slices" } };
}

const TEXTS = [
  "senderId",
  "eventType",
  "endpointId",
  "requestHash",
  "correlationId",
  "idempotencyKey",
  "status",
  "failureReason",
  "writeId",
] as const satisfies ReadonlyArray<keyof Event>;

const NUMBERS = [
  "createdAt",
  "deliverBy",
  "revision",
  "done",
  "tries",
  "pendingSince",
  "retriedAt",
  "skippedCount",
  "dueAt",
  "expandedAt",
] as const satisfies ReadonlyArray<keyof Event>;

const DOCUMENTS = ["channels", "skipped", "forced"] as const satisfies ReadonlyArray<keyof Event>;

export function encodeEvent(event: Event, shards: number): Item {
  const shard = shardOf(event.eventId, shards);
  const group = event.matched.length === 0 ? UNMATCHED_GROUP : EVENT_GROUP;
  return {
    ...eventKey(event.eventId),
    ...encodeEventAttributes(event, shard),
    listKey: shardKey(group, shard),
    senderKey: shardKey(eventsOf(event.senderId), shard),
  };
}

/** Those of the event's attributes that are given, as they are stored. */
export function encodeEventAttributes(attributes: Partial<Event>, shard: number): Item {
  const item: Item = {};
  for (const name of TEXTS) {
    const value = attributes[name];
    if (value !== undefined) item[name] = { S: value };
  }
  for (const name of NUMBERS) {
    const value = attributes[name];
    if (value !== undefined) item[name] = { N: String(value) };
  }
  for (const name of DOCUMENTS) {
    const value = attributes[name];
    if (value !== undefined) item[name] = { S: JSON.stringify(value) };
  }
  if (attributes.matched !== undefined) item.matched = encodeIds(attributes.matched);
  if (attributes.expiresAt !== undefined) item.expiresAt = encodeExpiry(attributes.expiresAt);
  // The due index is sparse: its shard comes and goes with `dueAt`.
  if (attributes.dueAt !== undefined) item.dueShard = dueShardKey(shard);
  return item;
}

export function decodeEvent(item: Item): Event {
  const event: Record<string, unknown> = { eventId: item.pk?.S, matched: decodeIds(item.matched) };
  for (const name of TEXTS) if (item[name]?.S !== undefined) event[name] = item[name].S;
  for (const name of NUMBERS) if (item[name]?.N !== undefined) event[name] = Number(item[name].N);
  for (const name of DOCUMENTS) if (item[name]?.S !== undefined) event[name] = JSON.parse(item[name].S);
  event.expiresAt = Number(item.expiresAt?.N) * 1_000;
  return event as unknown as Event;
}

const ID_PREFIX = "ep_";

/** 27 bytes an endpoint: up to a thousand of them are written with every change of the event. */
function encodeIds(ids: readonly string[]): AttributeValue {
  return { S: ids.map((id) => id.slice(ID_PREFIX.length)).join(" ") };
}

function decodeIds(value: AttributeValue | undefined): string[] {
  const text = value?.S ?? "";
  return text === "" ? [] : text.split(" ").map((id) => ID_PREFIX + id);
}

export function encodeEventPayload(owner: EventPayloadOwner, payload: EventPayload, expiresAt: number): Item {
  const { headers, body, metadata, traceparent, tracestate } = payload;
  return {
    ...eventPayloadKey(owner),
    expiresAt: encodeExpiry(expiresAt),
    headers: { S: JSON.stringify(headers) },
    body: { S: body },
    ...(metadata === undefined ? {} : { metadata: { S: JSON.stringify(metadata) } }),
    ...(traceparent === undefined ? {} : { traceparent: { S: traceparent } }),
    ...(tracestate === undefined ? {} : { tracestate: { S: tracestate } }),
  };
}

export function decodeEventPayloadSummary({ pk, sk, metadata }: Item): EventPayloadSummary {
  return {
    eventId: pk?.S ?? "",
    requestHash: sk?.S?.slice(PAYLOAD_PREFIX.length) ?? "",
    ...(metadata?.S === undefined ? {} : { metadata: JSON.parse(metadata.S) }),
  };
}

export function decodeEventPayload(item: Item): EventPayload {
  const { headers, body, metadata, traceparent, tracestate } = item;
  return {
    headers: JSON.parse(headers?.S ?? "{}"),
    body: body?.S ?? "",
    ...(metadata?.S === undefined ? {} : { metadata: JSON.parse(metadata.S) }),
    ...(traceparent?.S === undefined ? {} : { traceparent: traceparent.S }),
    ...(tracestate?.S === undefined ? {} : { tracestate: tracestate.S }),
  };
}
