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
    while (endsAt === Number.POSITIVE_INFINITY) {
      const copy = queue.take();
      if (copy === undefined) return;
      const delivery = run(copy).then(() => {
        running.delete(delivery);
        pump();
      });
      running.add(delivery);
    }
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
