import { DAY, HOUR, MINUTE } from "../duration.ts";
import { GATE_POLICY, type GatePolicy } from "./gate.ts";

export interface HealthPolicy {
  /** Failures are told of once they have lasted so long, and then not more often. */
  readonly toldEveryMs: number;
  /** Operators are told of an endpoint that has failed for so long. */
  readonly announcedAfterMs: number;
  /** … and of a message that has failed this often at the most, for each endpoint. */
  readonly failedAnnouncedEveryMs: number;
  /** Fewer failures disable no endpoint, however long they have gone on: it may get an event a week. */
  readonly fewestFailures: number;
  /** Nor does one that is older. */
  readonly newestFailureMs: number;
  readonly gate: GatePolicy;
}

export const HEALTH_POLICY: HealthPolicy = {
  toldEveryMs: MINUTE,
  announcedAfterMs: HOUR,
  failedAnnouncedEveryMs: HOUR,
  fewestFailures: 20,
  newestFailureMs: DAY,
  gate: GATE_POLICY,
};
