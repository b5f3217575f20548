import { isHeld, isThrottled, type Message } from "../message/message.ts";
import type { IndexRow, MessageStore } from "../store/message-store.ts";

/**
 * Oldest first: the rows of what one endpoint holds, and the messages among them that are held still. With `rounds` also
 * of what was throttled in these.
 */
export async function readHeldMessages(
  store: Pick<MessageStore, "listHeld" | "getMany">,
  endpointId: string,
  limit: number,
  after?: IndexRow,
  rounds: readonly number[] = [],
): Promise<{ readonly rows: readonly IndexRow[]; readonly held: readonly Message[] }> {
  const rows = await store.listHeld(endpointId, limit, after, rounds);
  if (rows.length === 0) return { rows, held: [] };
  // A row is a hint: the message itself decides, and goes on from here only as it was read.
  const messages = await store.getMany(rows.map(({ messageId }) => messageId));
  const found = new Map(messages.map((message) => [message.messageId, message]));
  const isListed = (message: Message) =>
    isHeld(message) || (isThrottled(message) && rounds.includes(message.paceRound ?? 0));
  return { rows, held: rows.flatMap(({ messageId }) => found.get(messageId) ?? []).filter(isListed) };
}
