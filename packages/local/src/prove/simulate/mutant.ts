import type { Clock } from "@homing/core/clock";
import type { QueueRecord } from "@homing/core/delivery/deliver";
import type { MessageStore } from "@homing/core/store/message-store";
import type { Ledger } from "./ledger.ts";

/** Whose calls they are. */
export type Role = "producer" | "operator" | "worker" | "reconciler" | "deadLetters";

/** A way to take one guard out of the system, between the core and what it depends on. */
export interface Mutant {
  readonly name: string;
  /** What it takes away, in words. */
  readonly removes: string;
  readonly store?: (store: MessageStore, role: Role, ledger: Ledger) => MessageStore;
  readonly clock?: (clock: Clock, role: Role) => Clock;
  readonly record?: (record: QueueRecord, role: Role) => QueueRecord;
  readonly withoutReconciler?: true;
}
