/** The calls about lanes, and what is done to the message that holds one up. */
import { v1 } from "./client.ts";
import type { Lane, LanePage, LaneQuery, OperationResult } from "./types.ts";

/** Those that stand still, the longest first. */
export async function fetchLanes(query: LaneQuery, signal: AbortSignal): Promise<LanePage> {
  return (await v1.lanes.$get({ query }, { init: { signal } })).json();
}

/** Of any lane; a key of all senders has to say whose it is. */
export async function fetchLane(
  orderingKey: string,
  senderId: string | undefined,
  signal: AbortSignal,
): Promise<Lane> {
  const args = {
    // What is between the slashes of a URL has to be written for one.
    param: { orderingKey: encodeURIComponent(orderingKey) },
    query: senderId === undefined ? {} : { senderId },
  };
  return (await v1.lanes[":orderingKey{.+}"].$get(args, { init: { signal } })).json();
}

/** Those behind it go on without it. */
export async function skipMessage(messageId: string): Promise<OperationResult> {
  const response = await v1.messages[":id"].skip.$post({ param: { id: messageId } });
  return response.json();
}
