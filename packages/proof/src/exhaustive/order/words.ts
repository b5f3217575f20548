/** The words of the model, as the numbers that a state holds. */
export const STATUS = {
  none: 0,
  pending: 1,
  queued: 2,
  processing: 3,
  completed: 4,
  failed: 5,
  cancelled: 6,
} as const;
export const STATUS_NAMES = ["-", "PENDING", "QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"];

export function isFinished(status: number): boolean {
  return status >= STATUS.completed;
}

/** Of a PENDING message; why one FAILED makes no difference to any step. */
export const REASON = {
  none: 0,
  waiting: 1,
  sendFailed: 2,
  orphaned: 3,
  retry: 4,
  leaseOver: 5,
  manual: 6,
} as const;

/** `now`: the time has come. A far one ends the wait for a turn. */
export const DUE = { none: 0, near: 1, now: 2, far: 3, farNow: 4 } as const;

export const KIND = {
  producer: 0,
  worker: 1,
  reconciler: 2,
  cancel: 3,
  manualRetry: 4,
  skip: 5,
  deadLetter: 6,
} as const;

/** What a process does next. A worker stands at or behind its claim from `claim` on; the order matters for that. */
export const STEP = {
  idle: 0,
  done: 1,
  store: 2,
  join: 3,
  openOverflow: 4,
  joinSegment: 5,
  arm: 6,
  enqueue: 7,
  send: 8,
  rollback: 9,
  readLane: 10,
  readHead: 11,
  pass: 12,
  seal: 13,
  load: 14,
  claim: 15,
  request: 16,
  response: 17,
  outcome: 18,
  deleteCopy: 19,
  orphan: 20,
  endLease: 21,
  awaitTurn: 22,
  giveUp: 23,
  settleLane: 24,
  manualRetry: 25,
  skip: 26,
  deadLetter: 27,
  nudge: 28,
  goOnInPlace: 29,
} as const;

/** What a process does once it has joined, enqueued or advanced. */
export const GOAL = { nextCall: 1, deleteCopy: 2, settleLane: 3, idle: 4, done: 5, joinAgain: 6 } as const;

export const RESPONSE = { none: 0, success: 1, retryable: 2, permanent: 3 } as const;
