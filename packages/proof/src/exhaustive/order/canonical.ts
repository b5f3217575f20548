/**
 * Makes equal what behaves equally: clears what nobody will read again, and sorts what has no order. It is what keeps the
 * number of states small.
 */
import type { Guards } from "./guards.ts";
import { participants, type Scenario } from "./scenario.ts";
import { PROCESS, type Process, SEGMENT_SIZE, type State } from "./state.ts";
import { GOAL, KIND, REASON, STATUS, STEP } from "./words.ts";

type Field = (typeof PROCESS.names)[number];

/** What a process needs after it has joined, enqueued or advanced. */
const AFTERWARDS: readonly Field[] = [
  "copyMessage",
  "copyAttempt",
  "holdsCopy",
  "goal",
  "placeToJoin",
  "goalBefore",
  "secondPlace",
];
/** The lane as it was read. Who settles a lane that was due keeps it to the end. */
const LANE_AS_READ: readonly Field[] = ["places", "overflowing", "headReleased", "head"];
const JOINING: readonly Field[] = ["message", "isFresh", "place", "secondPlace", "repeats", "goal"];
const ON_MESSAGE: readonly Field[] = ["message", "isFresh", "goal"];

const NEEDED: Readonly<Partial<Record<keyof typeof STEP, readonly Field[]>>> = {
  store: ["message", "place", "secondPlace", "repeats", "isFresh", "joined"],
  join: JOINING,
  openOverflow: JOINING,
  joinSegment: [...JOINING, "segment", "armed"],
  arm: ["message", "isFresh", "place", "repeats", "goal", "inSegment"],
  enqueue: ["message", "isFresh", "isOwnSend", "repeats", ...AFTERWARDS],
  send: ["message", "isOwnSend", "attemptToSend", ...AFTERWARDS],
  rollback: ["message", "isOwnSend", ...AFTERWARDS],
  readLane: AFTERWARDS,
  readHead: ["segment", ...LANE_AS_READ, ...AFTERWARDS],
  pass: ["place", ...AFTERWARDS],
  seal: ["segment", ...AFTERWARDS],
  load: ["segment", "sealedPlaces", ...AFTERWARDS],
  claim: ["message", "isOwnClaim", "repeats", "leaseOver", ...AFTERWARDS],
  request: ["message", "isOwnClaim", "leaseOver", ...AFTERWARDS],
  response: ["message", "isOwnClaim", ...AFTERWARDS],
  outcome: ["message", "isOwnClaim", "response", ...AFTERWARDS],
  deleteCopy: AFTERWARDS,
  orphan: ["message", "isOwnSend", "goal"],
  endLease: ["message", "isOwnClaim", "goal"],
  awaitTurn: ON_MESSAGE,
  giveUp: ON_MESSAGE,
  settleLane: [...LANE_AS_READ, "goal"],
  manualRetry: ON_MESSAGE,
  skip: ON_MESSAGE,
  deadLetter: ["message", ...AFTERWARDS],
  nudge: ["place", "goal"],
  goOnInPlace: ["message", "isFresh", ...AFTERWARDS],
};

/** Bytes of a process that are kept, by its step; twice, the second time for who settles a lane. */
const KEPT = [false, true].map((settlesLane) =>
  Object.keys(STEP).map((step) => {
    const always: readonly Field[] = ["kind", "step", "call", ...(settlesLane ? LANE_AS_READ : [])];
    const needed = NEEDED[step as keyof typeof STEP] ?? [];
    return Uint8Array.from(PROCESS.names, (name) => (always.includes(name) || needed.includes(name) ? 1 : 0));
  }),
);

export function canonicalFor(guards: Guards, scenario: Scenario): (state: State) => void {
  const kinds = participants(scenario).map(({ kind }) => kind);
  const firstWorker = kinds.indexOf("worker");
  const stored = scenario.producers.flat(2);
  const hasRepeatedCalls = new Set(stored).size < stored.length;
  const matters = (reason: number, message: number) => {
    if (reason === REASON.retry) return scenario.manualRetries.includes(message);
    const isUnsent =
      reason === REASON.sendFailed || reason === REASON.orphaned || reason === REASON.leaseOver;
    return isUnsent && (hasRepeatedCalls || scenario.sendingEnds);
  };

  return (state) => {
    const { bytes, processesAt } = state;
    for (const [index, process] of state.processes.entries())
      forgetUnneeded(bytes, processesAt + index * PROCESS.size, process);
    for (const index of state.messages.keys()) forgetPast(state, index);
    while (state.order.length > 0 && state.isPast(state.order.at(0))) state.order.removeAt(0);
    if (guards.loadNeedsNext) sortSegments(state);
    state.copies.sort();
    if (scenario.workers > 1)
      sortBlocks(bytes, processesAt + firstWorker * PROCESS.size, scenario.workers, PROCESS.size);
    if (scenario.reconcilers > 1) {
      const firstReconciler = firstWorker + scenario.workers;
      sortBlocks(bytes, processesAt + firstReconciler * PROCESS.size, scenario.reconcilers, PROCESS.size);
    }
  };

  function forgetPast(state: State, index: number): void {
    const message = state.message(index);
    if (message.reason && !matters(message.reason, index)) message.reason = 0;
    if (!scenario.checksRequests) message.succeeded = message.explained = message.requestedAttempts = 0;
    const { status } = message;
    const isOver = status === STATUS.completed || status === STATUS.cancelled;
    const isFailed = status === STATUS.failed && !scenario.manualRetries.includes(index);
    if (!isOver && !isFailed) return;
    message.reason = message.attempt = message.attemptLimit = message.leaseOver = 0;
    message.succeeded = message.explained = message.requestedAttempts = 0;
    if (isOver) message.waitsForTurn = message.inLine = message.skipped = 0;
  }
}

function forgetUnneeded(bytes: Uint8Array, offset: number, process: Process): void {
  if (process.step <= STEP.done) return; // it was reset
  const kept = KEPT[process.goal === GOAL.settleLane ? 1 : 0]?.[process.step];
  if (!kept) throw new RangeError(`There is no step ${process.step}.`);
  for (let index = 0; index < kept.length; index += 1) if (!kept[index]) bytes[offset + index] = 0;
  // A copy that is another's by now is not claimed any more.
  if (process.kind === KIND.worker && process.step > STEP.claim && !process.holdsCopy)
    process.copyAttempt = 0;
}

/** A segment that was loaded counts as sealed for ever, so it need not be kept. */
function sortSegments({ bytes, segments, segmentsAt, lane }: State): void {
  let used = 0;
  for (let index = 0; index < segments.length; index += 1) {
    const number = segments[index]?.fields.number ?? 0;
    const at = segmentsAt + index * SEGMENT_SIZE;
    if (number) used += 1;
    if (number && number < lane.nextSegment) bytes.fill(0, at, at + SEGMENT_SIZE);
  }
  if (!used) return;
  sortBlocks(bytes, segmentsAt, segments.length, SEGMENT_SIZE);
}

/** Insertion sort: there are two or three. */
function sortBlocks(bytes: Uint8Array, from: number, count: number, size: number): void {
  for (let block = 1; block < count; block += 1)
    for (let at = from + block * size; at > from && isLess(bytes, at, at - size, size); at -= size) {
      const moved = bytes.slice(at, at + size);
      bytes.copyWithin(at, at - size, at);
      bytes.set(moved, at - size);
    }
}

function isLess(bytes: Uint8Array, one: number, other: number, size: number): boolean {
  for (let index = 0; index < size; index += 1) {
    const difference = (bytes[one + index] ?? 0) - (bytes[other + index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
