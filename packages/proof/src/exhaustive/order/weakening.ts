import type { Guards } from "./guards.ts";
import { type Scenario, SMALL } from "./scenario.ts";

/** A rule of the protocol taken out, and a small scenario in which that is missed. */
export interface LaneWeakening {
  readonly name: string;
  readonly removes: string;
  readonly without: Partial<Guards>;
  readonly scenario: Partial<Scenario>;
  /** Of the story that is found. */
  readonly steps: number;
}

const THREE = { producers: [[0], [1], [2]], messages: 3 } as const;
/** A small overflow: a line of one place, segments of two. */
const OVERFLOW = { ...THREE, line: 1 } as const;
const FOUR = { ...OVERFLOW, producers: [[0, 1, 2], [3]], messages: 4 } as const;
const CRASHES_ALONE = { losesAnswers: false, repeats: false, sendsFail: false } as const;

/** A worker holds the lease of m0 and stands still; a reconciler has read it. */
const LEASE_WAS_READ = [
  "STORES m0",
  "JOIN: m0",
  "m0 QUEUED",
  "copy of m0",
  "STORES m1",
  "JOIN: m1",
  "ARMS",
  "at work",
  "receives",
  "CLAIMS m0",
  "lease of m0 ends",
  "dueAt of m0 passes",
  "reads m0",
];

const RELEASED = ["STORES m0", "JOIN: m0", "m0 QUEUED", "copy of m0"];
const REQUESTED = ["receives", "CLAIMS m0", "REQUEST"];
const FAILED = [...RELEASED, ...REQUESTED, "410", "OUTCOME m0 -> FAILED"];
/** The reconciler has found m0 orphaned, although a worker has its copy. */
const ORPHANED = [...RELEASED, "receives", "dueAt of m0 passes", "reads m0", "ORPHANED"];
/** m0 is about to be done, and m2 is stored and in no line. */
const SUCCEEDED = [...RELEASED, "STORES m2", ...REQUESTED, "2xx"];
/** Both are in line; the reconciler has read m0 just before it was released. */
const READ_BEFORE_RELEASE = [
  "STORES m0",
  "JOIN: m0",
  "STORES m1",
  "JOIN: m1",
  "dueAt of m0 passes",
  "reads m0",
  "m0 QUEUED",
  "copy of m0",
];
const FIRST_AND_LAST_STORED = ["STORES m0", "STORES m3", "dueAt of m0 passes", "reads m0"];

/** m0 is done, and m1 is released. */
const SECOND_RELEASED = [
  ...RELEASED,
  ...REQUESTED,
  "2xx",
  "STORES m1",
  "JOIN: m1",
  "ARMS",
  "at work",
  "OUTCOME m0",
  "PASS m0",
  "its turn",
  "m1 QUEUED",
  "copy of m1",
  "deletes",
];
const DISARM = {
  producers: [[0], [1, 2]],
  messages: 3,
  reconcilers: 2,
  faults: 2,
  deadLetters: true,
  lateEvents: 2,
  ...CRASHES_ALONE,
  prefix: SECOND_RELEASED,
} as const;

/** Each of these is checked by the order of requests alone. */
const ORDER_ALONE = { producers: [[0, 1]], checksLateRequests: false } as const;

export const WEAKENINGS: readonly LaneWeakening[] = [
  {
    name: "claimOutOfTurn",
    removes: "a claim requires that the message does not wait for its turn",
    without: { claimNeedsTurn: false },
    scenario: {
      manualRetries: [0],
      sendingEnds: true,
      faults: 1,
      lateEvents: 1,
      losesAnswers: false,
      repeats: false,
      crashes: false,
      workers: 2,
    },
    steps: 13,
  },
  {
    name: "placeWithoutRound",
    removes: "a place names the round of its message",
    without: { placeNamesRound: false },
    scenario: { manualRetries: [0], permanent: true, lateEvents: 1, prefix: FAILED },
    steps: 11,
  },
  {
    name: "releaseOfWhatWasReadLongAgo",
    removes: "a release requires the revision that was read",
    without: { releaseNeedsRevision: false },
    scenario: { manualRetries: [0], permanent: true, lateEvents: 1, prefix: ORPHANED },
    steps: 14,
  },
  {
    name: "releaseByRepeatedCall",
    removes: "a release requires the revision that was read; by a repeated call",
    without: { releaseNeedsRevision: false },
    scenario: { producers: [[0], [0], [1]], manualRetries: [0], permanent: true },
    steps: 21,
  },
  {
    name: "passOfAnother",
    removes: "passing requires that this place is the head",
    without: { passNeedsHead: false },
    scenario: { ...THREE, lateEvents: 2, redeliveries: 1, prefix: SUCCEEDED },
    steps: 9,
  },
  {
    name: "passOfUnfinished",
    removes: "passing requires that the message was seen finished",
    without: { passNeedsFinished: false },
    scenario: { lateEvents: 2 },
    steps: 14,
  },
  {
    name: "passOfBlocking",
    removes: "a FAILED message that blocks is not passed",
    without: { failedBlocks: false },
    scenario: { permanent: true, blocking: [0] },
    steps: 19,
  },
  {
    name: "retryOutOfTurn",
    removes: "a manual retry of a passed message waits for a new turn",
    without: { retryWaits: false },
    scenario: { manualRetries: [0], permanent: true },
    steps: 19,
  },
  {
    name: "retryLosesPlace",
    removes: "a manual retry of a blocking message keeps its place",
    without: { retryKeepsPlace: false },
    scenario: { manualRetries: [0], permanent: true, blocking: [0] },
    steps: 22,
  },
  {
    name: "sendNowOutOfTurn",
    removes: '"send now" refuses what waits for its turn',
    without: { sendNowNeedsTurn: false },
    scenario: { producers: [[0, 1]], manualRetries: [1] },
    steps: 11,
  },
  {
    name: "reconcilerEnqueues",
    removes: "the reconciler joins what waits for its turn, and does not enqueue it",
    without: { reconcilerJoins: false },
    scenario: { lateEvents: 1 },
    steps: 8,
  },
  {
    name: "repeatedCallEnqueues",
    removes: "a repeated call joins what waits for its turn, and does not enqueue it",
    without: { repeatedCallJoins: false },
    scenario: { producers: [[0, 1], [1]] },
    steps: 8,
  },
  {
    name: "joinedBeforeStored",
    removes: "a message is stored before it joins",
    without: { storedBeforeJoined: false },
    scenario: { lateEvents: 2 },
    steps: 20,
  },
  {
    name: "laneWithoutDueAt",
    removes: "a lane in which somebody waits has a dueAt",
    without: { laneHasDueAt: false },
    scenario: { faults: 1, lateEvents: 1 },
    steps: 16,
  },
  {
    name: "disarmBySize",
    removes: "a lane is disarmed only if its one place is the one that was seen released",
    without: { disarm: "size" },
    scenario: {
      ...DISARM,
      prefix: [...SECOND_RELEASED, "STORES m2", "dead copy of m1", "dueAt of m2", "reads m2"],
    },
    steps: 10,
  },
  {
    name: "disarmUnguarded",
    removes: "a lane is disarmed only if it is as it was read",
    without: { disarm: "none" },
    scenario: DISARM,
    steps: 11,
  },
  {
    name: "releaseLeavesFar",
    removes: "a release brings a far dueAt near",
    without: { nearAtRelease: false },
    scenario: { producers: [[0, 1]], faults: 1, lateEvents: 1 },
    steps: 19,
  },
  {
    name: "farFromTheStart",
    removes: "the dueAt is near until the message was seen in line",
    without: { nearAtStore: false },
    scenario: { faults: 1 },
    steps: 3,
  },
  {
    name: "farBeforeJoin",
    removes: "the far dueAt is set only once the place was seen in line",
    without: { farAfterJoin: false },
    scenario: { faults: 1, lateEvents: 1 },
    steps: 3,
  },
  {
    name: "farWithoutRevision",
    removes: "the far dueAt is set on the revision that was read",
    without: { farNeedsRevision: false },
    scenario: {
      manualRetries: [0],
      permanent: true,
      faults: 1,
      lateEvents: 1,
      ...CRASHES_ALONE,
      prefix: READ_BEFORE_RELEASE,
    },
    steps: 11,
  },
  {
    name: "loadUnsealed",
    removes: "a segment is sealed before it is loaded",
    without: { sealsBeforeLoading: false },
    scenario: OVERFLOW,
    steps: 17,
  },
  {
    name: "loadUnsealedOfFour",
    removes: "a segment is sealed before it is loaded; two in one segment",
    without: { sealsBeforeLoading: false },
    scenario: FOUR,
    steps: 15,
  },
  {
    name: "sealedThenNext",
    removes: "who finds a segment sealed goes back to the lane",
    without: { sealedGoesBack: false },
    scenario: FOUR,
    steps: 15,
  },
  {
    name: "sealedThenAgain",
    removes: "who finds a segment sealed advances the lane first",
    without: { sealedAdvances: false },
    scenario: OVERFLOW,
    steps: 18,
  },
  {
    name: "overflowCloses",
    removes: "overflow stays open behind a full segment",
    without: { fullKeepsOverflow: false },
    scenario: { ...FOUR, segment: 1 },
    steps: 6,
  },
  {
    name: "lineTakesPeople",
    removes: "the line takes nobody while there is overflow",
    without: { overflowClosesLine: false },
    scenario: { ...OVERFLOW, producers: [[0, 1], [2]] },
    steps: 20,
  },
  {
    name: "loadOfAnother",
    removes: "loading requires this segment to be the next",
    without: { loadNeedsNext: false },
    scenario: { ...FOUR, segment: 1, workers: 2, lateEvents: 1, prefix: FIRST_AND_LAST_STORED },
    steps: 14,
  },
  {
    name: "requestAfterLease",
    removes: "a worker looks at its lease before the request leaves (G13)",
    without: { requestNeedsLease: false },
    scenario: { ...ORDER_ALONE, workers: 2, lateEvents: 2, redeliveries: 1 },
    steps: 11,
  },
  {
    name: "outcomeOfAnother",
    removes: "an outcome requires the claim that produced it (G10)",
    without: { outcomeNeedsClaim: false },
    scenario: { ...ORDER_ALONE, workers: 2, lateEvents: 2, redeliveries: 1, attempts: 2 },
    steps: 14,
  },
  {
    name: "leaseOverOfAnother",
    removes: "the end of a lease requires the claim that was read, and its lease to be over (G9)",
    without: { leaseOverNeedsClaim: false },
    scenario: {
      ...ORDER_ALONE,
      workers: 2,
      reconcilers: 2,
      lateEvents: 3,
      attempts: 2,
      prefix: LEASE_WAS_READ,
    },
    steps: 8,
  },
  {
    name: "cancelOfProcessing",
    removes: "a cancel leaves alone what is being delivered",
    without: { cancelsProcessing: true },
    scenario: { ...ORDER_ALONE, cancels: [0], workers: 2 },
    steps: 8,
  },
  {
    name: "deadLetterOfProcessing",
    removes: "a dead letter moves only the message that waits for the attempt of this copy (G14)",
    without: { deadLetterNeedsWaiting: false, deadLetterNeedsAttempt: false },
    scenario: { ...ORDER_ALONE, deadLetters: true, faults: 1, redeliveries: 1, workers: 2 },
    steps: 10,
  },
];

/** Weakened ones are judged by their requests and by what gets stuck, and not by how many are released at once. */
export function scenarioOf({ scenario }: Pick<LaneWeakening, "scenario">): Scenario {
  return { ...SMALL, ...scenario, checksOneReleased: false };
}
