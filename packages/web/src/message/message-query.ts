/** How often a message is asked for while it is looked at. */
import { queryOptions } from "@tanstack/react-query";
import { fetchMessage } from "../api/messages.ts";
import type { Message } from "../api/types.ts";
import { now } from "../ui/clock.ts";

const UNFINISHED_EVERY_MS = 1_500;
const FINISHED_EVERY_MS = 15_000;
/** A message whose next step is far away is looked at less often, but never so rarely that it seems forgotten. */
const WAITING_EVERY_MS = 5_000;
const FAR_AWAY_MS = 15_000;

export const messageQuery = (messageId: string) =>
  queryOptions({
    queryKey: ["message", messageId],
    queryFn: ({ signal }) => fetchMessage(messageId, signal),
    refetchInterval: ({ state }) => (state.data ? pollMessageEveryMs(state.data.message, now()) : false),
  });

/** Often while something is about to happen to the message, seldom once it is finished. */
export function pollMessageEveryMs(
  message: Pick<Message, "finishedAt" | "nextAttemptAt">,
  at: number,
): number {
  if (message.finishedAt) return FINISHED_EVERY_MS;
  const untilNextMs = message.nextAttemptAt ? Date.parse(message.nextAttemptAt) - at : 0;
  return untilNextMs > FAR_AWAY_MS ? WAITING_EVERY_MS : UNFINISHED_EVERY_MS;
}
