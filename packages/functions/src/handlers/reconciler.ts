import {
  DEFAULT_RUN_LIMITS,
  type RunLimits,
  type RunSummary,
  reconcile,
} from "@homing/core/reconcile/reconcile";
import { oldestOverdue } from "@homing/core/stats/stats";
import type { ReconcilerServices } from "../services.ts";

/** One run of the reconciler, and the health signal that follows from it. */
export function createReconcilerHandler(
  services: ReconcilerServices,
  limits: RunLimits = DEFAULT_RUN_LIMITS,
): () => Promise<RunSummary> {
  return async () => {
    const { observer, settings } = services;
    const shards = await services.shardMark.highest();
    if (shards > settings.shards) {
      observer.log.write("error", "shards_lowered", { shards: settings.shards, highest: shards });
    }
    // Nothing may wait where nobody looks.
    const all = { ...services, store: { ...services.store, shards } };
    const summary = await reconcile(all, `reconciler-${services.newToken()}`, limits);
    observer.metrics.add("OldestOverdueSeconds", await oldestOverdue(all));
    await services.counters.flush();
    return summary;
  };
}
