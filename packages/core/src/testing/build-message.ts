import { MINUTE } from "../duration.ts";
import type { Message, Payload } from "../message/message.ts";
import { newMessageId } from "../message/message-id.ts";
import { NOON } from "./test-clock.ts";
import { nextToken } from "./tokens.ts";

/** A message as acceptance makes it, with an id of its own. */
export function buildMessage(over: Partial<Message> = {}): Message {
  const createdAt = over.createdAt ?? NOON;
  const message: Message = {
    messageId: newMessageId(createdAt),
    senderId: "acme",
    requestHash: "hash",
    correlationId: "call-1",
    createdAt,
    status: "PENDING",
    pendingReason: "ACCEPTED",
    revision: 1,
    updatedAt: createdAt,
    dueAt: createdAt + 15 * MINUTE,
    writeId: nextToken(),
    attempt: 0,
    attemptLimit: 10,
    unknowns: 0,
    sends: 0,
    rollbacks: 0,
    orphans: 0,
    history: [{ at: createdAt, from: null, to: "PENDING", reason: "ACCEPTED", correlationId: "call-1" }],
    historyOmitted: 0,
  };
  return { ...message, ...over };
}

/** A message that waits for its turn in a lane which it blocks if it fails, as acceptance makes it. */
export function buildWaiting(over: Partial<Message> = {}): Message {
  return buildMessage({
    orderingKey: "order-4711",
    afterFailure: "block",
    pendingReason: "WAITING_FOR_PREVIOUS",
    waitsForTurn: true,
    ...over,
  });
}

export function buildPayload(over: Partial<Payload> = {}): Payload {
  return {
    targetUrl: "https://example.com/hook?token=hidden",
    method: "POST",
    headers: { "X-Order": "42" },
    body: '{"order":42}',
    ...over,
  };
}
