import type { Message } from "@homing/core/message/message";
import { shardOf } from "@homing/core/message/message-id";
import type { DuePage, MessageStore, WriteResult } from "@homing/core/store/message-store";
import { overriding } from "../simulate/overriding.ts";

/** A store in memory whose due index is kept sorted, so that tens of thousands of messages can be simulated. */
export function withDueIndex(store: MessageStore): MessageStore {
  const shards: string[][] = Array.from({ length: store.shards }, () => []);
  const keys = new Map<string, string>();

  function note(result: WriteResult): WriteResult {
    if (result.message) index(result.message);
    return result;
  }

  function index({ messageId, dueAt }: Message): void {
    const shard = shards[shardOf(messageId, store.shards)] ?? [];
    const before = keys.get(messageId);
    const after = dueAt === undefined ? undefined : `${String(dueAt).padStart(16, "0")} ${messageId}`;
    if (before === after) return;
    if (before !== undefined) shard.splice(place(shard, before), 1);
    if (after === undefined) keys.delete(messageId);
    else {
      shard.splice(place(shard, after), 0, after);
      keys.set(messageId, after);
    }
  }

  return overriding(store, {
    insert: async (message) => note(await store.insert(message)),
    apply: async (messageId, transition) => note(await store.apply(messageId, transition)),
    due: async (shard, until, limit, from): Promise<DuePage> => {
      const rows = shards[shard] ?? [];
      const start = from === undefined ? 0 : place(rows, from) + 1;
      const end = place(rows, `${String(until + 1).padStart(16, "0")}`);
      const page = rows.slice(start, Math.min(end, start + limit));
      const last = page.at(-1);
      return {
        ids: page.map((key) => key.slice(17)),
        ...(last && start + limit < end ? { next: last } : {}),
      };
    },
  });
}

/** Where a key stands, or would stand, in a sorted list. */
function place(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
