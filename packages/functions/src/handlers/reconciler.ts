import {
  DEFAULT_RUN_LIMITS,
  type RunLimits,
  type RunSummary,
  reconcile,
} from "@homing/core/reconcile/reconcile";
import { oldestOverdue } from "@homing/core/stats/stats";
import type { Services } from "../services.ts";

/** One run of the reconciler, and the health signal that follows from it. */
export function createReconcilerHandler(
  services: Services,
  limits: RunLimits = DEFAULT_RUN_LIMITS,
): () => Promise<RunSummary> {
  return async () => {
    const summary = await reconcile(services, `reconciler-${services.newToken()}`, limits);
    services.observer.metrics.add("OldestOverdueSeconds", await oldestOverdue(services));
    await services.counters.flush();
    return summary;
  };
}
