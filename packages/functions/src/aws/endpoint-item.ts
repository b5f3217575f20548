/** How an endpoint stands in the table. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { callsForAttention, type Endpoint, isFailing } from "@homing/core/endpoint/endpoint";
import { shardOf } from "@homing/core/message/message-id";
import { encodeExpiry, type Item, shardKey } from "./message-item.ts";

const SENDER_PREFIX = "endpoints#";
/** Endpoints have this partition of the list and of the attention index to themselves. */
export const ENDPOINT_GROUP = "ENDPOINT";
/** Those that fail lie apart: each run of the reconciler reads them, and many may have been disabled for years. */
export const FAILING_GROUP = "FAILING_ENDPOINT";

/**
 * Those that are due, in a partition of the due index to themselves: few ever are, and no backlog of messages hides
 * them.
 */
export const DUE_ENDPOINTS: AttributeValue = { S: ENDPOINT_GROUP };

/** All endpoints of a sender lie together: one query reads them. */
export function endpointPartition(senderId: string): AttributeValue {
  return { S: `${SENDER_PREFIX}${senderId}` };
}

export function endpointKey({ senderId, endpointId }: Pick<Endpoint, "senderId" | "endpointId">): Item {
  return { pk: endpointPartition(senderId), sk: { S: endpointId } };
}

/** Of the item that says whose an endpoint is. */
export function pointerKey(endpointId: string): Item {
  return { pk: { S: endpointId }, sk: { S: "endpoint" } };
}

/** Of the item that holds its pace: beside it, and not among the endpoints that one query reads. */
export function paceKey({ senderId, endpointId }: Pick<Endpoint, "senderId" | "endpointId">): Item {
  return { pk: endpointPartition(senderId), sk: { S: `pace#${endpointId}` } };
}

/** Of the item that holds the version of a sender's endpoints. */
export function headKey(senderId: string): Item {
  return { pk: { S: `sender#${senderId}` }, sk: { S: "endpoints" } };
}

const TEXTS = [
  "senderId",
  "idempotencyKey",
  "requestHash",
  "url",
  "description",
  "sealedSecret",
  "state",
  "stateReason",
  "writeId",
] as const satisfies ReadonlyArray<keyof Endpoint>;

const NUMBERS = [
  "generation",
  "stateSince",
  "rateSince",
  "paceRound",
  "repacesFrom",
  "createdAt",
  "updatedAt",
  "dueAt",
  "failingSince",
  "failures",
  "messageFailedAt",
  "gateLiftedAt",
  "revision",
] as const satisfies ReadonlyArray<keyof Endpoint>;

const DOCUMENTS = [
  "eventTypes",
  "channels",
  "headers",
  "metadata",
  "svixHeaders",
  "retrySchedule",
  "rateLimit",
  "previousSecrets",
  "lastFailure",
  "failingAnnounced",
  "gate",
  "draining",
  "announce",
] as const satisfies ReadonlyArray<keyof Endpoint>;

export function encodeEndpoint(endpoint: Endpoint, shards: number): Item {
  const { placed } = endpointIndexes(endpoint, shards);
  return { ...endpointKey(endpoint), ...encodeAttributes(endpoint), ...placed };
}

/** Those of the endpoint's attributes that are given, as they are stored. */
export function encodeAttributes(attributes: Partial<Endpoint>): Item {
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
  if (attributes.expiresAt !== undefined) item.expiresAt = encodeExpiry(attributes.expiresAt);
  // The due index is sparse: its partition comes and goes with `dueAt`.
  if (attributes.dueAt !== undefined) item.dueShard = DUE_ENDPOINTS;
  return item;
}

/** Where an endpoint in this state is listed, and where it is not. */
export function endpointIndexes(
  endpoint: Pick<Endpoint, "endpointId" | "state" | "failingSince">,
  shards: number,
): { readonly placed: Item; readonly left: readonly string[] } {
  const shard = shardOf(endpoint.endpointId, shards);
  const key = shardKey(ENDPOINT_GROUP, shard);
  if (endpoint.state === "DELETED") return { placed: {}, left: ["listKey", "attentionKey"] };
  if (!callsForAttention(endpoint)) return { placed: { listKey: key }, left: ["attentionKey"] };
  const attentionKey = isFailing(endpoint) ? shardKey(FAILING_GROUP, shard) : key;
  return { placed: { listKey: key, attentionKey }, left: [] };
}

export function decodeEndpoint(item: Item): Endpoint {
  const endpoint: Record<string, unknown> = { endpointId: item.sk?.S };
  for (const name of TEXTS) if (item[name]?.S !== undefined) endpoint[name] = item[name].S;
  for (const name of NUMBERS) if (item[name]?.N !== undefined) endpoint[name] = Number(item[name].N);
  for (const name of DOCUMENTS) if (item[name]?.S !== undefined) endpoint[name] = JSON.parse(item[name].S);
  if (item.expiresAt?.N !== undefined) endpoint.expiresAt = Number(item.expiresAt.N) * 1_000;
  return endpoint as unknown as Endpoint;
}

/** What a row of an index says: the item's own key. */
export function endpointOfRow(row: Item): Pick<Endpoint, "senderId" | "endpointId"> {
  return { senderId: row.pk?.S?.slice(SENDER_PREFIX.length) ?? "", endpointId: row.sk?.S ?? "" };
}
