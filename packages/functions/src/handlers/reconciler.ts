import { oldestFailingSeconds } from "@homing/core/endpoint/oldest-failing";
import { heldUp } from "@homing/core/lane/held-up";
import { RELEASE_INTERVAL_MS } from "@homing/core/reconcile/drain";
import {
  DEFAULT_RUN_LIMITS,
  type RunLimits,
  type RunSummary,
  reconcile,
} from "@homing/core/reconcile/reconcile";
import { oldestOverdue } from "@homing/core/stats/stats";
import type { ReconcilerServices } from "../services.ts";

/** An alarm needs no more. */
const MOST_LANES_COUNTED = 500;

export interface ReconcilerOptions {
  readonly limits?: RunLimits;
  /**
   * Where runs are further apart than `RELEASE_INTERVAL_MS`: one goes on releasing what was held at the same rate for as
   * long as it may take. Waits for so many milliseconds.
   */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** One run of the reconciler, and the health signals that follow from it. */
export function createReconcilerHandler(
  services: ReconcilerServices,
  { limits = DEFAULT_RUN_LIMITS, wait }: ReconcilerOptions = {},
): () => Promise<RunSummary> {
  return async () => {
    const { observer, settings, clock } = services;
    const endsAt = clock.monotonic() + limits.timeMs;
    const shards = await services.shardMark.highest();
    if (shards > settings.shards) {
      observer.log.write("error", "shards_lowered", { shards: settings.shards, highest: shards });
    }
    // Nothing may wait where nobody looks.
    const all = { ...services, store: { ...services.store, shards } };
    const run = (within: RunLimits) => reconcile(all, `reconciler-${services.newToken()}`, within);
    let beganAt = clock.monotonic();
    const summary = await run(limits);
    observer.metrics.add("OldestOverdueSeconds", await oldestOverdue(all));
    observer.metrics.add("OldestFailingSeconds", await oldestFailingSeconds(services));
    const still = await heldUp(services, MOST_LANES_COUNTED);
    observer.metrics.add("LanesBlocked", still.blocked);
    observer.metrics.add("OldestHeldUpSeconds", still.oldestSeconds);
    let { holdsMore } = summary;
    while (wait && holdsMore && beganAt + RELEASE_INTERVAL_MS < endsAt) {
      await wait(Math.max(0, beganAt + RELEASE_INTERVAL_MS - clock.monotonic()));
      beganAt = clock.monotonic();
      ({ holdsMore } = await run({ ...limits, groups: 0, timeMs: endsAt - beganAt }));
    }
    await services.counters.flush();
    await services.counters.keepQuarters();
    return summary;
  };
}
