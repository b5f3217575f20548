import { COUNT_CAP } from "../stats/stats.ts";
import type { MessageStore } from "../store/message-store.ts";

/** What waits for an endpoint to be activated; off by a little, as every count from an index. */
export interface Held {
  readonly count: number;
  /** There is more than was counted. */
  readonly capped: boolean;
  /** When the oldest was accepted, in milliseconds since the epoch. */
  readonly oldest?: number;
}

/** @throws StorageError */
export async function readHeld(
  store: Pick<MessageStore, "listHeld" | "countHeld">,
  endpointId: string,
): Promise<Held> {
  const [found, [oldest]] = await Promise.all([
    store.countHeld(endpointId, COUNT_CAP + 1),
    store.listHeld(endpointId, 1),
  ]);
  return {
    count: Math.min(found, COUNT_CAP),
    capped: found > COUNT_CAP,
    ...(oldest === undefined ? {} : { oldest: oldest.createdAt }),
  };
}
