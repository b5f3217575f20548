import { derivedId, idPattern, newId, randomText } from "../id.ts";

const PREFIX = "msg";

export const MESSAGE_ID = idPattern(PREFIX);

/** A new id that sorts by `now`. */
export function newMessageId(now: number): string {
  return newId(PREFIX, now);
}

/** The id that a sender's idempotency key always leads to. */
export function messageIdForKey(senderId: string, idempotencyKey: string): string {
  return messageIdOf([senderId, idempotencyKey]);
}

/** The id of the message that these parts stand for. */
export function messageIdOf(parts: readonly string[]): string {
  return derivedId(PREFIX, parts);
}

/** A random token, 96 bits: never used twice. */
export function newToken(): string {
  return randomText(12);
}

/** The shard of a message in every index: uniform, and always the same. */
export function shardOf(messageId: string, shards: number): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < messageId.length; i += 1) {
    hash = Math.imul(hash ^ messageId.charCodeAt(i), 16_777_619);
  }
  return (hash >>> 0) % shards;
}
