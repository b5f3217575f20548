/** Messages that were brought back to life: those that wait for their turn join their lanes. */
import type { EnqueueEntry } from "../send/enqueue.ts";
import { enterLane } from "./enter.ts";
import type { LaneDependencies } from "./head.ts";
import { laneIdOf } from "./lane.ts";
import { isOrdered, type OrderedMessage } from "./turns.ts";

type Waiting = EnqueueEntry & { readonly message: OrderedMessage };

/**
 * The same entries, with a sequence where the message's turn has come: without one, what waits is not sent. Those of one
 * lane join in their order here.
 *
 * @throws StorageError
 */
export async function takeTurns(
  deps: LaneDependencies,
  entries: readonly EnqueueEntry[],
  correlationId: string,
): Promise<EnqueueEntry[]> {
  const lanes = Map.groupBy(entries.filter(waits), ({ message }) => laneIdOf(message));
  const turns = await Promise.all(
    [...lanes.values()].map(async (waiting) => {
      const messages = waiting.map(({ message }) => message);
      const [first] = messages;
      return first && enterLane(deps, first, messages, correlationId);
    }),
  );
  return entries.map((entry) => {
    const turn = turns.find((one) => one?.message === entry.message);
    return turn ? { ...entry, sequence: turn.sequence } : entry;
  });
}

function waits(entry: EnqueueEntry): entry is Waiting {
  return entry.message.waitsForTurn === true && isOrdered(entry.message);
}
