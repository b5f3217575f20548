import { MINUTE, SECOND } from "@homing/core/duration";
import type { GatePolicy } from "@homing/core/endpoint/gate";

/** When every simulation begins: any instant will do. */
export const START_AT = Date.UTC(2030, 0, 1);

/** As the queue is declared. */
export const VISIBILITY_TIMEOUT_MS = 180 * SECOND;
export const MAX_RECEIVE_COUNT = 10;

/** As the worker's function is configured. */
export const WORKER_TIMEOUT_MS = 30 * SECOND;

/** What takes a minute and twenty failures takes a second and two, so that few events are enough for it. */
export const HASTY_GATE: GatePolicy = {
  afterFailures: 2,
  afterMs: SECOND,
  firstProbeMs: 30 * SECOND,
  longestProbeMs: 5 * MINUTE,
};

/** What senders' signing secrets follow from. */
export const SIGNING_MASTER = "the master secret of every simulation";
