/** Feeds deliveries from the queue: as many at once as it lets be in progress, each answering for itself. */
import type { QueueRecord, RecordResult } from "@homing/core/queue/queue-record";
import type { HandedCopy, SqliteMessageQueue } from "../sqlite/sqlite-message-queue.ts";

export interface DeliveriesOptions {
  readonly queue: Pick<SqliteMessageQueue, "take" | "done" | "giveBack"> & { onReady: () => void };
  readonly deliver: (record: QueueRecord, remainingMs: () => number) => Promise<RecordResult>;
  /** How long a delivery may go on once the process is to end. */
  readonly drainMs: number;
  readonly onError: (error: unknown) => void;
  /** Monotonic, in milliseconds. */
  readonly nowMs?: () => number;
}

/** Begun in one turn of the event loop: however many have ended together, calls and others' messages get their turns. */
const MOST_BEGUN_AT_ONCE = 8;

export interface Deliveries {
  /** Takes nothing more; resolves when all that were under way have ended. */
  stop(): Promise<void>;
}

export function startDeliveries({
  queue,
  deliver,
  drainMs,
  onError,
  nowMs = () => performance.now(),
}: DeliveriesOptions): Deliveries {
  const running = new Set<Promise<void>>();
  let goesOn = false;
  let endsAt = Number.POSITIVE_INFINITY;
  const remainingMs = () => endsAt - nowMs();

  async function run(copy: HandedCopy): Promise<void> {
    let result: RecordResult = "return";
    try {
      result = await deliver(copy.record, remainingMs);
    } catch (error) {
      onError(error);
    }
    if (result === "done") queue.done(copy);
    else queue.giveBack(copy);
  }

  function pump(): void {
    if (goesOn) return;
    for (let begun = 0; begun < MOST_BEGUN_AT_ONCE; begun += 1) {
      const copy = endsAt === Number.POSITIVE_INFINITY ? queue.take() : undefined;
      if (copy === undefined) return;
      const delivery = run(copy).then(() => {
        running.delete(delivery);
        pump();
      });
      running.add(delivery);
    }
    goesOn = true;
    setImmediate(() => {
      goesOn = false;
      pump();
    });
  }

  queue.onReady = pump;
  pump();
  return {
    stop: async () => {
      endsAt = nowMs() + drainMs;
      while (running.size > 0) await Promise.all(running);
    },
  };
}
