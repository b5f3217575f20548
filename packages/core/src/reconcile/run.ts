import type { EndLeaseDependencies } from "../delivery/end-lease.ts";
import type { ContentsDependencies } from "../delivery/read-contents.ts";
import type { PushEventDependencies } from "../event/push-event.ts";
import { nudgeBehind } from "../lane/advance.ts";
import type { LaneDependencies } from "../lane/head.ts";
import type { FailureReason, Message } from "../message/message.ts";
import * as GiveUp from "../send/give-up.ts";
import { NewerFormatError, StorageError } from "../store/message-store.ts";
import type { AnnounceDependencies } from "./announce.ts";
import type { DrainDependencies } from "./drain-run.ts";
import type { OfWhom } from "./lane-run.ts";
import type { Probe } from "./probe.ts";

export type ReconcileDependencies = PushEventDependencies &
  AnnounceDependencies &
  LaneDependencies &
  Omit<ContentsDependencies, "store" | "events"> &
  EndLeaseDependencies &
  Pick<DrainDependencies, "endpoints" | "gatePolicy"> & {
    readonly settings: AnnounceDependencies["settings"] &
      DrainDependencies["settings"] &
      LaneDependencies["settings"] &
      EndLeaseDependencies["settings"];
  };

/** What the parts of one run of the reconciler share. */
export interface Run {
  readonly deps: ReconcileDependencies;
  readonly correlationId: string;
  readonly probe: Probe;
  readonly endsAt: number;
  /** The latest page that a group has begun to read. */
  reading: Promise<unknown>;
  examined: number;
  enqueued: number;
  finished: number;
  holdsMore: boolean;
}

export function isOver(run: Run): boolean {
  return run.probe.failed || run.deps.clock.monotonic() >= run.endsAt;
}

/** One that the storage refuses must not stop the others; storage that does not answer stops them all. */
export async function guarded<T>(
  run: Run,
  { messageId, eventId, endpointId, lane, senderId }: OfWhom,
  step: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    const { correlationId } = run;
    const fields = { messageId, eventId, endpointId, lane, senderId, correlationId };
    run.deps.observer.log.write("error", "reconcile_failed", fields, error);
    const isOutage = error instanceof StorageError && error.retryable && !(error instanceof NewerFormatError);
    if (isOutage) run.probe.fail();
    return undefined;
  }
}

export async function giveUp(run: Run, message: Message, reason: FailureReason): Promise<void> {
  const { deps, correlationId } = run;
  const written = await GiveUp.giveUp(deps, message, reason, correlationId);
  if (!written.applied) return;
  run.finished += 1;
  count(run, reason);
  // Whose turn it is then has to be sent: the lane is due, and goes the way of all that needs the queue.
  await nudgeBehind(deps, written.message, { by: "giveUp", correlationId });
}

export function count(run: Run, reason: string): void {
  run.deps.observer.metrics.add("Reconciled", 1, { reason });
}
