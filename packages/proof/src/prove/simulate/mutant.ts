import type { Clock } from "@homing/core/clock";
import type { EndpointReader } from "@homing/core/endpoint/endpoint-reader";
import type { EndpointStore } from "@homing/core/endpoint/endpoint-store";
import type { EventStore } from "@homing/core/event/event-store";
import type { LaneStore } from "@homing/core/lane/lane-store";
import type { HandedCopies } from "@homing/core/queue/handed-copies";
import type { ReceivedCopy } from "@homing/core/queue/memory-message-queue";
import type { MessageQueue } from "@homing/core/queue/message-queue";
import type { QueueRecord } from "@homing/core/queue/queue-record";
import type { Settings } from "@homing/core/settings";
import type { MessageStore } from "@homing/core/store/message-store";
import type { KeyStore } from "@homing/functions/keys/key-store";
import type { EndpointReads } from "./endpoint-memory.ts";
import type { Ledger } from "./ledger.ts";

export type Handed = Pick<HandedCopies<string>, "add" | "forget" | "abandonLease">;

/** Whose calls they are. */
export type Role = "producer" | "operator" | "worker" | "heir" | "reconciler" | "deadLetters" | "listener";

/** Where senders are looked up, for their signing secrets. */
export type SenderSource = Pick<KeyStore, "getSender">;

/** What a mutant may know of where it sits. */
export interface MutantContext {
  readonly role: Role;
  readonly ledger: Ledger;
  readonly settings: Settings;
  readonly now: () => number;
  /** The records that a worker has been handed. */
  readonly records: readonly QueueRecord[];
}

/** A way to take one guard out of the system, between the core and what it depends on. */
export interface Mutant {
  readonly name: string;
  /** What is left once the guard is gone, in words. */
  readonly removes: string;
  readonly store?: (store: MessageStore, context: MutantContext) => MessageStore;
  readonly lanes?: (lanes: LaneStore, context: MutantContext) => LaneStore;
  /** In place of the lanes: what the storage itself does. */
  readonly laneBackend?: (clock: Pick<Clock, "now">, linePlaces: number) => LaneStore;
  /** The same below the faults: what the storage itself does. */
  readonly backend?: (store: MessageStore) => MessageStore;
  readonly events?: (events: EventStore, context: MutantContext) => EventStore;
  /** The same below the faults: what the storage itself does. */
  readonly eventBackend?: (events: EventStore) => EventStore;
  readonly endpoints?: (endpoints: EndpointStore, context: MutantContext) => EndpointStore;
  /** What an environment reads of endpoints to remember it. */
  readonly endpointReads?: (reads: EndpointReads) => EndpointReads;
  readonly raisesVersionFirst?: true;
  /** What deliveries are told of their endpoints. */
  readonly endpointReader?: (reader: EndpointReader) => EndpointReader;
  readonly queue?: (queue: MessageQueue) => MessageQueue;
  readonly clock?: (clock: Clock, role: Role) => Clock;
  /** What tells a worker how old the signing secrets are that it remembers. */
  readonly cacheClock?: (clock: Clock) => Clock;
  /** What a worker is told of senders' rotations. */
  readonly senders?: (senders: SenderSource) => SenderSource;
  readonly settings?: (settings: Settings, role: Role) => Settings;
  /** How much of its time a worker believes to have left. */
  readonly remainingMs?: (ms: number) => number;
  /** What the dead-letter consumer gets to see. */
  readonly deadLetter?: (record: ReceivedCopy) => ReceivedCopy;
  /** What a process that has begun anew knows of the copies that it has handed out. */
  readonly handed?: (handed: Handed) => Handed;
  /** It forgets those that were given back. */
  readonly forgetsGivenBack?: true;
  /** It begins although the one before lives. */
  readonly withoutLock?: true;
  readonly withoutReconciler?: true;
  /** That messages keep their order has to miss it, whatever else does. */
  readonly missedByOrder?: true;
}
