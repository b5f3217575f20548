import type { Transition } from "../message/transition.ts";
import type { MessageStore } from "../store/message-store.ts";
import { noticingStore } from "../store/noticing-store.ts";
import type { Counted, Counters } from "./counters.ts";

/** The store, with every transition that was applied counted: one place, whoever made it. */
export function countingStore(store: MessageStore, counters: Pick<Counters, "add">): MessageStore {
  return noticingStore(store, {
    inserted: () => counters.add("accepted"),
    applied: (transition) => countTransition(transition, counters),
  });
}

const BY_NAME: Readonly<Record<string, Counted>> = {
  rollback: "rolledBack",
  retryLater: "retried",
  manualRetry: "revived",
  retryInPlace: "revived",
  retryAtEnd: "revived",
  resolve: "resolved",
};
/** It has FAILED before. */
const NOT_COUNTED = new Set(["skip"]);
const BY_STATUS: Readonly<Record<string, Counted>> = {
  COMPLETED: "completed",
  FAILED: "failed",
  CANCELLED: "cancelled",
};

function countTransition({ name, set, remove }: Transition, counters: Pick<Counters, "add">): void {
  if (NOT_COUNTED.has(name)) return;
  const counted = BY_NAME[name] ?? BY_STATUS[set.status ?? ""];
  // A failure that was resolved is one of the failures no more.
  if (counted === "revived" && remove.includes("resolvedAt")) return;
  if (counted) counters.add(counted);
}
