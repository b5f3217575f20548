/** How keys and senders stand in the table. */
import type { Scope } from "../api/principal.ts";
import {
  EXPIRED_KEPT_MS,
  isInForce,
  type KeyRecord,
  keyPlace,
  type SenderRecord,
} from "../keys/key-store.ts";
import { readable } from "./item-format.ts";
import { encodeExpiry, type Item } from "./message-item.ts";

/** Whoever does not know that keys expire would let them in for ever. */
const EXPIRING_FORMAT = 2;
export const LIST_PARTITION = "keys";
/** Before all rows that sort by time: keys of earlier versions have a row named by the key alone, and only in LIST_PARTITION. */
export const END_OF_TIMES = "~";

export function keyKey(keyId: string): Item {
  return { pk: { S: `key#${keyId}` }, sk: { S: "key" } };
}

export function senderPartition(senderId: string): string {
  return `${LIST_PARTITION}#${senderId}`;
}

export function rowsOf(key: Pick<KeyRecord, "keyId" | "createdAt" | "senderId">): Item[] {
  const sk = { S: keyPlace(key) };
  return [LIST_PARTITION, senderPartition(key.senderId)].map((partition) => ({ pk: { S: partition }, sk }));
}

/** `expiresAt` is when DynamoDB forgets an item; until when a key is in force is `validUntil`. */
export function encodeExpiryOf({ expiresAt }: Pick<KeyRecord, "expiresAt">): Item {
  if (expiresAt === undefined) return {};
  return { validUntil: { N: String(expiresAt) }, expiresAt: encodeExpiry(expiresAt + EXPIRED_KEPT_MS) };
}

/** A row that is to be forgotten, and does not say until when it is in force, is of a key that was revoked. */
export function isRowInForce({ expiresAt, validUntil }: Item, now: number): boolean {
  if (validUntil?.N !== undefined) return isInForce({ expiresAt: Number(validUntil.N) }, now);
  return expiresAt === undefined;
}

export function keyIdAt(place: string): string {
  return place.slice(place.indexOf("#") + 1);
}

export function senderKey(senderId: string): Item {
  return { pk: { S: `sender#${senderId}` }, sk: { S: "sender" } };
}

export function encodeKey(key: KeyRecord): Item {
  const { keyId, hash, senderId, scopes, name, createdAt, expiresAt } = key;
  return {
    ...keyKey(keyId),
    ...encodeExpiryOf(key),
    ...(expiresAt === undefined ? {} : { format: { N: String(EXPIRING_FORMAT) } }),
    hash: { S: hash },
    senderId: { S: senderId },
    scopes: { L: scopes.map((scope) => ({ S: scope })) },
    createdAt: { N: String(createdAt) },
    ...(name === undefined ? {} : { name: { S: name } }),
  };
}

export function decodeKey(item: Item): KeyRecord {
  const { pk, hash, senderId, scopes, createdAt, name, validUntil, revokedAt } = readable(item);
  return {
    keyId: pk?.S?.slice("key#".length) ?? "",
    hash: hash?.S ?? "",
    senderId: senderId?.S ?? "",
    scopes: (scopes?.L ?? []).map((scope) => scope.S as Scope),
    createdAt: Number(createdAt?.N),
    ...(name?.S === undefined ? {} : { name: name.S }),
    ...(validUntil?.N === undefined ? {} : { expiresAt: Number(validUntil.N) }),
    ...(revokedAt?.N === undefined ? {} : { revokedAt: Number(revokedAt.N) }),
  };
}

export function encodeSender({ generation, rotatedAt }: SenderRecord) {
  return {
    generation: { N: String(generation) },
    rotatedAt: { L: rotatedAt.map((at) => ({ N: String(at) })) },
  };
}

export function decodeSender(item: Item, senderId: string): SenderRecord {
  const { generation, rotatedAt } = readable(item);
  return {
    senderId,
    generation: Number(generation?.N ?? 1),
    rotatedAt: (rotatedAt?.L ?? []).map((at) => Number(at.N)),
  };
}
