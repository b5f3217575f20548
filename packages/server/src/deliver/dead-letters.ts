import type { QueueRecord, RecordResult } from "@homing/core/queue/queue-record";
import type { HandedCopy, SqliteMessageQueue } from "../sqlite/sqlite-message-queue.ts";

export interface DeadLettersOptions {
  readonly queue: Pick<SqliteMessageQueue, "dead" | "deleteDead"> & { onBuried: () => void };
  readonly consume: (record: QueueRecord) => Promise<RecordResult>;
  readonly onError: (error: unknown) => void;
}

/** At a time; those that are left lie there for a person to look at, and for the next burial. */
const AT_ONCE = 100;

/** Asks of each dead letter what it was worth when it becomes one, and of all of them at the start. */
export function startDeadLetters({ queue, consume, onError }: DeadLettersOptions): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let isStopped = false;

  async function look(): Promise<void> {
    for (const copy of queue.dead(AT_ONCE)) {
      if (isStopped) return;
      await settle(copy).catch(onError);
    }
  }

  async function settle(copy: HandedCopy): Promise<void> {
    if ((await consume(copy.record)) === "done") await queue.deleteDead(copy);
  }

  const begin = () => {
    running = running.then(look).catch(onError);
  };
  queue.onBuried = begin;
  begin();
  return {
    stop: () => {
      isStopped = true;
      return running;
    },
  };
}
