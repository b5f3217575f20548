import type { Transition } from "../message/transition.ts";
import type { MessageStore } from "../store/message-store.ts";
import type { Counted, Counters } from "./counters.ts";

/** The store, with every transition that was applied counted: one place, whoever made it. */
export function countingStore(store: MessageStore, counters: Pick<Counters, "add">): MessageStore {
  return {
    shards: store.shards,
    insert: async (message) => {
      const result = await store.insert(message);
      if (result.applied) counters.add("accepted");
      return result;
    },
    apply: async (messageId, transition, withinMs) => {
      const result = await store.apply(messageId, transition, withinMs);
      if (result.applied) countTransition(transition, counters);
      return result;
    },
    putPayload: (...args) => store.putPayload(...args),
    putPayloadIfAbsent: (...args) => store.putPayloadIfAbsent(...args),
    keepPayload: (...args) => store.keepPayload(...args),
    putAttempt: (...args) => store.putAttempt(...args),
    get: (...args) => store.get(...args),
    getMany: (...args) => store.getMany(...args),
    getPayload: (...args) => store.getPayload(...args),
    getSummaries: (...args) => store.getSummaries(...args),
    getDetail: (...args) => store.getDetail(...args),
    list: (...args) => store.list(...args),
    listHeld: (...args) => store.listHeld(...args),
    countHeld: (...args) => store.countHeld(...args),
    listDue: (...args) => store.listDue(...args),
    due: (...args) => store.due(...args),
    ping: () => store.ping(),
  };
}

const BY_NAME: Readonly<Record<string, Counted>> = {
  rollback: "rolledBack",
  retryLater: "retried",
  manualRetry: "revived",
  retryInPlace: "revived",
  retryAtEnd: "revived",
};
/** It has FAILED before. */
const NOT_COUNTED = new Set(["skip"]);
const BY_STATUS: Readonly<Record<string, Counted>> = {
  COMPLETED: "completed",
  FAILED: "failed",
  CANCELLED: "cancelled",
};

function countTransition({ name, set }: Transition, counters: Pick<Counters, "add">): void {
  if (NOT_COUNTED.has(name)) return;
  const counted = BY_NAME[name] ?? BY_STATUS[set.status ?? ""];
  if (counted) counters.add(counted);
}
