import { join } from "node:path";
import { MemoryMessageQueue } from "@homing/core/queue/memory-message-queue";
import type { OutgoingCopy } from "@homing/core/queue/message-queue";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import type { Database } from "@homing/server/sqlite/database";
import { openDatabase } from "@homing/server/sqlite/open-database";
import { SqliteEndpointStore } from "@homing/server/sqlite/sqlite-endpoint-store";
import { SqliteLaneStore } from "@homing/server/sqlite/sqlite-lane-store";
import { createStorage } from "@homing/server/sqlite/storage";
import { MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_MS } from "./simulate/fixed-times.ts";
import type { StepwiseEndpoints } from "./simulate/stepwise-endpoints.ts";
import type { MakeBackend } from "./simulate/world.ts";
import { ThroughQueue } from "./through-queue.ts";

/** Both writes are one here; what raises the version once more changes nothing. */
class StepwiseSqliteEndpoints extends SqliteEndpointStore implements StepwiseEndpoints {
  override async raiseVersion(): Promise<void> {}

  raise(senderId: string): Promise<void> {
    return super.raiseVersion(senderId);
  }
}

/** More than any simulation has. */
const MOST_COPIES = 1_000_000;

/**
 * The adapters of one machine, each simulation on a file of its own in `folder`. Visibility and delays are kept by the
 * queue in memory, as for SQS: a simulated process may die, and the real one that keeps them does not.
 */
export function sqliteBackend(folder: string): { readonly makeBackend: MakeBackend; close(): void } {
  const open: Database[] = [];
  return {
    makeBackend: (clock, { linePlaces }) => {
      // No thread's time may decide what comes next.
      const database = openDatabase(folder, join(folder, `${open.length}.db`), {
        sync: (_, done) => done(null),
      });
      open.push(database);
      const now = () => clock.now();
      const { safe, queue, due } = createStorage(
        database,
        { now, monotonic: now },
        DEFAULT_SETTINGS,
        MOST_COPIES,
      );
      const take = async (): Promise<Omit<OutgoingCopy, "delaySeconds">> => {
        const copy = queue.take();
        if (!copy) throw new Error("a copy that was sent is not in the queue");
        queue.done(copy);
        return copy.record as Omit<OutgoingCopy, "delaySeconds">;
      };
      const timed = new MemoryMessageQueue(clock, {
        visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
        maxReceiveCount: MAX_RECEIVE_COUNT,
      });
      return {
        store: safe.store,
        events: safe.events,
        lanes: new SqliteLaneStore(database, clock, due, database.whenSafe, linePlaces),
        endpoints: new StepwiseSqliteEndpoints(database, clock),
        queue: new ThroughQueue({ send: (copies) => safe.queue.send(copies, 1), take }, timed),
      };
    },
    close: () => {
      for (const database of open.splice(0)) database.close();
    },
  };
}
