import { type Fields, recordOf, widthFor } from "../record.ts";

/** Of the message. */
export const QUEUED = 0;
export const HELD = 1;
export const DONE = 2;

const SHARED = recordOf([
  "paused",
  "revision",
  "due",
  /** Counts resumes: who began before the latest may have seen the endpoint paused. */
  "resumes",
  "message",
  "messageRevision",
  "requests",
  "copies",
  "operatorSteps",
  "faults",
]);
const WORKER = recordOf(["busy", "sawPaused", "began"]);
const DRAIN = recordOf(["step", "revision", "resumes", "found", "sawOldWorkers"]);

export const WORKERS = [0, 1] as const;
/** Of the operator: pause, resume, pause, resume. */
export const LAST_OPERATOR_STEP = 4;

/** Steps of the drain. */
export const IDLE = 0;
export const LOOK = 1;
export const ACT = 2;

export interface State {
  readonly bytes: Uint8Array;
  readonly shared: Fields<(typeof SHARED.names)[number]>;
  readonly workers: readonly Fields<(typeof WORKER.names)[number]>[];
  readonly drain: Fields<(typeof DRAIN.names)[number]>;
}

export function newState(): State {
  const drainAt = SHARED.size + WORKERS.length * WORKER.size;
  const bytes = new Uint8Array(widthFor(drainAt + DRAIN.size));
  return {
    bytes,
    shared: SHARED.at(bytes, 0),
    workers: WORKERS.map((index) => WORKER.at(bytes, SHARED.size + index * WORKER.size)),
    drain: DRAIN.at(bytes, drainAt),
  };
}

export function areIdle({ workers }: State): boolean {
  return workers.every(({ busy }) => !busy);
}

export function workerOf({ workers }: State, number: (typeof WORKERS)[number]) {
  const worker = workers[number];
  if (!worker) throw new RangeError(`There is no worker ${number}.`);
  return worker;
}
