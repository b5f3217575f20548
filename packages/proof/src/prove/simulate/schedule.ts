/** A schedule: everything that decides a simulation. Plain data, generated, shrunk and printed. */
import { type FanOut, NO_FAN_OUT } from "./fan-out.ts";
import type { Incident } from "./incident.ts";
import type { Post, When } from "./post.ts";
import type { TargetAnswer } from "./target-answer.ts";

export interface ScheduledMessage {
  /** With an idempotency key; without one every call makes a message of its own. */
  readonly idempotent: boolean;
  readonly deliverAfterMs?: number;
  readonly deliverWithinMs?: number;
  /** It is delivered in order with the others of this lane. */
  readonly lane?: number;
  /** Those behind it wait once it has failed. */
  readonly blocks?: true;
  readonly posts: readonly Post[];
  /** What the target answers to the first, second … request; 200 to all further ones. */
  readonly answers: readonly TargetAnswer[];
}

export type Action =
  | {
      readonly kind: "retry" | "cancel" | "skip" | "resolve";
      readonly when: When;
      readonly message: number;
      /** So many times more, each time that `when` comes again. */
      readonly again?: number;
    }
  /** The signing secret of a message's sender is replaced. */
  | { readonly kind: "rotate"; readonly when: When; readonly message: number }
  /** Somebody retries an event. */
  | { readonly kind: "retryEvent"; readonly when: When; readonly message: number }
  /** A bulk retry of whatever has failed. */
  | { readonly kind: "retryAllFailed"; readonly when: When }
  /** All that has failed has been dealt with. */
  | { readonly kind: "resolveAllFailed"; readonly when: When }
  /** A record in the queue that Homing did not put there. */
  | { readonly kind: "foreignRecord"; readonly when: When; readonly body: "unreadable" | "unknownMessage" }
  /** On one machine: its process is killed with all that it does, and the next one delivers after so long. */
  | { readonly kind: "restart"; readonly when: When; readonly ms: number }
  | {
      readonly kind: "workersRest" | "storageOutage" | "queueOutage";
      readonly when: When;
      readonly ms: number;
    };

/** How the system is set up in this schedule. */
export interface Setup {
  readonly retryScheduleMs: readonly number[];
  readonly queueDeadlineMs: number;
  readonly workers: number;
  readonly batchSize: number;
  readonly groups: number;
  /** The second reconciler starts this much later than the first. */
  readonly secondReconcilerMs: number;
  /** Clocks of processes differ by up to twice this. */
  readonly skewMs: number;
  /** How long a claim holds. */
  readonly leaseMs: number;
  /** A worker is ended at its timeout, as Lambda does; otherwise it may stand still for ever and go on. */
  readonly endsWorkers: boolean;
  /** A worker is frozen between its invocations, as Lambda does: its monotonic clock stands still then. */
  readonly freezes: boolean;
  /** All messages are posted in one batch call. */
  readonly batched: boolean;
  /** So many copies are left for later by whoever is handed them, because of what is known of their targets. */
  readonly postponements?: number;
  /** Places in the line of a lane, and in each segment behind it: few, so that few messages overflow. Default: as deployed. */
  readonly linePlaces?: number;
  /** Of one slice of an event that is expanded by workers. */
  readonly sliceEndpoints?: number;
  /** Of what an endpoint has held, as many as one run of a reconciler may release or end. */
  readonly perEndpoint?: number;
}

export interface Schedule {
  readonly setup: Setup;
  readonly messages: readonly ScheduledMessage[];
  /** Events are numbered after the messages. */
  readonly fanOut?: FanOut;
  readonly actions: readonly Action[];
  readonly incidents: readonly Incident[];
}

export function fanOutOf({ fanOut = NO_FAN_OUT }: Schedule): FanOut {
  return fanOut;
}

/** Messages and events of a schedule are called A, B, C … in stories. */
export function letter(message: number): string {
  return String.fromCharCode(65 + message);
}
