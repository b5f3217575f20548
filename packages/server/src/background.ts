/** What goes on beside calls and deliveries: the reconciler, the counters, and what leaves the file. */
import { setTimeout as wait } from "node:timers/promises";
import { SECOND } from "@homing/core/duration";
import { RELEASE_INTERVAL_MS } from "@homing/core/reconcile/drain";
import { DEFAULT_RUN_LIMITS, reconcile } from "@homing/core/reconcile/reconcile";
import { createReconcilerHandler } from "@homing/functions/handlers/reconciler";
import { startSchedule } from "@homing/functions/machine/schedule";
import type { ReconcilerServices } from "@homing/functions/services";
import { startDueSchedule } from "./reconcile/due-schedule.ts";
import type { Database } from "./sqlite/database.ts";
import { ExpiredRows } from "./sqlite/expired-rows.ts";
import type { Storage } from "./sqlite/storage.ts";

const COUNTERS_FLUSH_MS = SECOND;
/** Between two looks at what has expired; and, while more is left, between two steps. */
const FORGET_MS = 60 * SECOND;
const FORGET_MORE_MS = SECOND / 20;

export interface Background {
  stop(): Promise<void>;
}

export function startBackground(
  services: ReconcilerServices,
  { due, counters }: Storage,
  database: Database,
): Background {
  const { observer, clock, settings } = services;
  const reconciler = startDueSchedule({
    nextDueAt: () => due.nextDueAt(),
    // Many runs a second may follow each other here: what was held is released by the clock.
    run: createReconcilerHandler(services, { limits: { ...DEFAULT_RUN_LIMITS, perEndpoint: 0 } }),
    onError: (error) => observer.log.write("error", "reconciler_failed", {}, error),
    now: () => clock.now(),
    intervalMs: settings.reconcileIntervalMs,
  });
  due.onDue = (dueAt) => reconciler.notice(dueAt);
  const releasing = startSchedule({
    intervalMs: RELEASE_INTERVAL_MS,
    run: () => reconcile(services, `releaser-${services.newToken()}`, { ...DEFAULT_RUN_LIMITS, groups: 0 }),
    onError: (error) => observer.log.write("error", "releasing_failed", {}, error),
  });
  const flushing = startSchedule({
    intervalMs: COUNTERS_FLUSH_MS,
    run: () => counters.flush(),
    onError: (error) => observer.log.write("warn", "counters_failed", {}, error),
  });
  const expired = new ExpiredRows(database);
  let isStopped = false;
  const forgetting = startSchedule({
    intervalMs: FORGET_MS,
    run: async () => {
      while (!isStopped && (await expired.forget(clock.now()))) await wait(FORGET_MORE_MS);
    },
    onError: (error) => observer.log.write("warn", "forgetting_failed", {}, error),
  });
  return {
    stop: async () => {
      isStopped = true;
      await Promise.all([reconciler.stop(), releasing.stop(), flushing.stop(), forgetting.stop()]);
      await counters.flush();
    },
  };
}
