import type { Message } from "../message/message.ts";

/** The same messages, one of each sender in turn, each sender's in their order. */
export function inTurns<Of extends Pick<Message, "senderId">>(messages: readonly Of[]): Of[] {
  const bySender = Map.groupBy(messages, ({ senderId }) => senderId);
  const result: Of[] = [];
  for (let round = 0; result.length < messages.length; round += 1) {
    for (const own of bySender.values()) {
      const next = own[round];
      if (next !== undefined) result.push(next);
    }
  }
  return result;
}
