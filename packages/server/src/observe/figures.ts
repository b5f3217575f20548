/** What the metrics show of this moment, read at once: whoever looks at them looks when the disk takes no writes, too. */
import type { Clock } from "@homing/core/clock";
import { oldestFailingSeconds } from "@homing/core/endpoint/oldest-failing";
import { heldUp } from "@homing/core/lane/held-up";
import type { Settings } from "@homing/core/settings";
import { COUNT_CAP, oldestOverdue } from "@homing/core/stats/stats";
import type { Storage } from "../sqlite/storage.ts";
import type { Figures } from "./metrics.ts";

export interface FigureSources {
  readonly storage: Pick<Storage, "atOnce" | "endpointsAtOnce" | "queue">;
  readonly clock: Clock;
  readonly settings: Settings;
}

export function figuresOf({ storage, clock, settings }: FigureSources): Figures {
  const { atOnce, endpointsAtOnce, queue } = storage;
  return {
    depth: () => queue.depth(),
    deadLetters: () => queue.deadLetters(),
    oldestOverdueSeconds: () => oldestOverdue({ ...atOnce, clock, settings }),
    oldestFailingSeconds: () => oldestFailingSeconds({ endpoints: endpointsAtOnce, clock }),
    heldUp: () => heldUp({ ...atOnce, clock }, COUNT_CAP),
  };
}
