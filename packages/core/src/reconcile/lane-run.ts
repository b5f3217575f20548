import type { LaneDependencies } from "../lane/head.ts";
import type { FailureReason, Message } from "../message/message.ts";
import type { EnqueueEntry } from "../send/enqueue.ts";

/** Whom a step of a run is for, in the logs: a message, an event, an endpoint, or a lane by its hash. */
export interface OfWhom {
  readonly senderId: string;
  readonly messageId?: string;
  readonly eventId?: string;
  readonly endpointId?: string;
  readonly lane?: string;
}

/** A run of the reconciler, as those see it who look after lanes. */
export interface LaneRun {
  readonly deps: LaneDependencies;
  readonly correlationId: string;
  /** Its time is up, or something has failed that others would only meet too. */
  isOver(): boolean;
  examined(count: number): void;
  count(reason: string): void;
  /** A step for one: what the storage has against it decides over no other. */
  guarded<T>(ofWhom: OfWhom, step: () => Promise<T>): Promise<T | undefined>;
  /** Probes an outage, as for all that is sent in the run. */
  send(entry: EnqueueEntry): Promise<void>;
  giveUp(message: Message, reason: FailureReason): Promise<void>;
}
