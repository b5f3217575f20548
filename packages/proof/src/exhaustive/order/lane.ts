/** The model, with the fair runs that tell whether it is stuck. */
import type { Model } from "../model.ts";
import { calm, FairRuns } from "./fair-run.ts";
import type { Guards } from "./guards.ts";
import { laneModel } from "./model.ts";
import type { Scenario } from "./scenario.ts";

export function fairLaneModel(guards: Guards, scenario: Scenario): Model {
  const fairRuns = new FairRuns(laneModel(guards, calm(scenario)), scenario);
  return {
    ...laneModel(guards, scenario),
    stuck(state) {
      for (const kill of [true, false]) {
        const run = fairRuns.endless(state, kill);
        const after = kill ? "after every busy process died" : "although nobody died";
        if (run) return { violation: `STUCK: ${after}`, run };
      }
      return undefined;
    },
  };
}
