/** Scenarios in which the whole protocol is explored. Some have more states than anybody has seen. */
import type { Guards } from "./guards.ts";
import { type Scenario, SMALL } from "./scenario.ts";

export interface LanePart {
  readonly about: string;
  readonly scenario: Scenario;
  /** Rules that are there for speed, or not there yet: the order does not rest on them. */
  readonly without?: Partial<Guards>;
  readonly states?: number;
}

const THREE = { ...SMALL, producers: [[0], [1], [2]], messages: 3, line: 1, segment: 1 };
const BATCH = { ...SMALL, producers: [[[0, 1]], [2]], messages: 3 } as const;

/** One message is done, one under way, one to come. */
const DEEP = [
  "STORES m0",
  "JOIN: m0",
  "m0 QUEUED",
  "copy of m0",
  "receives",
  "CLAIMS m0",
  "REQUEST",
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
/** One message is under way, one in each of two segments, one to come. */
const DEEP_IN_OVERFLOW = [
  "STORES m0",
  "JOIN: m0",
  "m0 QUEUED",
  "copy of m0",
  "STORES m1",
  "line is full",
  "OPENS",
  "JOIN: m1 into segment",
  "ARMS",
  "m1 waits: far",
  "STORES m2",
  "overflow",
  "segment 1 is full",
  "JOIN: m2 into segment",
  "m2 waits: far",
  "receives",
  "CLAIMS m0",
  "REQUEST",
  "2xx",
];

export const PARTS: readonly LanePart[] = [
  { about: "2 messages, 1 fault", scenario: { ...SMALL, faults: 1 }, states: 3_438 },
  {
    about: "2 messages, 1 late event, 1 redelivery",
    scenario: { ...SMALL, lateEvents: 1, redeliveries: 1 },
    states: 69_919,
  },
  {
    about: "3 messages, overflow (line of 1, segments of 2), no fault",
    scenario: { ...THREE, segment: 2 },
    states: 35_539,
  },
  {
    about: "blocking failures, manual retry and skip, no fault",
    scenario: { ...SMALL, permanent: true, blocking: [0, 1], manualRetries: [0], skips: [0] },
    states: 22_926,
  },
  {
    about: "2 producers, 2 workers, 2 reconcilers, 2 late events, 1 redelivery, no fault",
    scenario: { ...SMALL, workers: 2, reconcilers: 2, lateEvents: 2, redeliveries: 1 },
  },
  {
    about: "2 messages, 1 worker, 1 reconciler, 2 faults, 1 late event",
    scenario: { ...SMALL, faults: 2, lateEvents: 1 },
    states: 687_059,
  },
  {
    about: "2 messages, 2 workers, 2 reconcilers, 1 fault, 1 late event, 1 redelivery",
    scenario: { ...SMALL, workers: 2, reconcilers: 2, faults: 1, lateEvents: 1, redeliveries: 1 },
  },
  {
    about: "2 messages, retries (2 attempts), 1 fault, 2 late events, 1 redelivery",
    scenario: { ...SMALL, retryable: true, attempts: 2, faults: 1, lateEvents: 2, redeliveries: 1 },
  },
  {
    about: "3 messages, overflow (line of 1, segments of 1), 1 fault",
    scenario: { ...THREE, faults: 1 },
    states: 439_931,
  },
  {
    about: "3 messages, overflow (line of 1, segments of 2), 2 late events, no fault",
    scenario: { ...THREE, producers: [[0, 1], [2]], lateEvents: 2, segment: 2 },
  },
  {
    about: "4 messages, overflow (line of 1, segments of 2), 2 producers, 1 late event",
    scenario: { ...THREE, producers: [[0, 1, 2], [3]], messages: 4, lateEvents: 1, segment: 2 },
    states: 21_631_720,
  },
  {
    about: "3 messages, 2 producers, 2 workers, 2 late events, 1 redelivery",
    scenario: {
      ...SMALL,
      producers: [[0, 1], [2]],
      messages: 3,
      workers: 2,
      lateEvents: 2,
      redeliveries: 1,
    },
  },
  {
    about: "cancel of each, 2 messages, 1 fault, 1 late event",
    scenario: { ...SMALL, cancels: [0, 1], faults: 1, lateEvents: 1 },
    states: 12_926_877,
  },
  {
    about: "permanent failures, manual retry, 1 late event, 1 fault",
    scenario: { ...SMALL, permanent: true, manualRetries: [0], faults: 1, lateEvents: 1 },
  },
  {
    about: "blocking failures, manual retry and skip, 2 late events",
    scenario: {
      ...SMALL,
      permanent: true,
      blocking: [0, 1],
      manualRetries: [0],
      skips: [0],
      lateEvents: 2,
    },
  },
  {
    about: "blocking failures, skip, manual retry, waits that end, 1 fault, 2 late events",
    scenario: {
      ...SMALL,
      permanent: true,
      blocking: [0],
      skips: [0],
      manualRetries: [0, 1],
      waitsEnd: true,
      faults: 1,
      lateEvents: 2,
    },
  },
  {
    about: "one idempotency key twice, 1 fault, 1 late event",
    scenario: { ...SMALL, producers: [[0], [0], [1]], faults: 1, lateEvents: 1 },
    states: 3_000_508,
  },
  {
    about: "dead letters, doubled copies, 2 workers, 2 faults, 1 late event",
    scenario: {
      ...SMALL,
      deadLetters: true,
      doublesCopies: true,
      workers: 2,
      faults: 2,
      crashes: false,
      lateEvents: 1,
    },
    states: 3_266_966,
  },
  {
    about: "sending given up, manual retry, 2 faults, 1 late event",
    scenario: {
      ...SMALL,
      sendingEnds: true,
      manualRetries: [0],
      faults: 2,
      lateEvents: 1,
      crashes: false,
      repeats: false,
    },
    states: 10_393_723,
  },
  {
    about: "a batch of two and a single call, 1 fault, 1 late event",
    scenario: { ...BATCH, faults: 1, lateEvents: 1 },
    states: 1_027_356,
  },
  {
    about: "a batch of two and a single call, overflow (line of 1, segments of 1), 1 late event",
    scenario: { ...BATCH, line: 1, segment: 1, lateEvents: 1 },
    states: 138_327,
  },
  {
    about: "3 messages, one done, one under way, one to come; 2 reconcilers, 1 fault, 3 late events",
    scenario: {
      ...SMALL,
      producers: [[0], [1, 2]],
      messages: 3,
      reconcilers: 2,
      faults: 1,
      lateEvents: 3,
      prefix: DEEP,
    },
    states: 3_532_146,
  },
  {
    about:
      "4 messages, deep in the overflow (line of 1, segments of 1); 2 reconcilers, 1 fault, 2 late events",
    scenario: {
      ...THREE,
      producers: [[0], [1, 2], [3]],
      messages: 4,
      reconcilers: 2,
      faults: 1,
      lateEvents: 2,
      segments: 6,
      prefix: DEEP_IN_OVERFLOW,
    },
  },
  {
    about: "no second request without a reason; 2 workers, 2 attempts, 2 late events, 1 redelivery",
    scenario: {
      ...SMALL,
      workers: 2,
      lateEvents: 2,
      redeliveries: 1,
      checksRequests: true,
      retryable: true,
      attempts: 2,
    },
  },
  {
    about: "nobody advances the lane but its dueAt, 1 fault, 1 late event",
    scenario: { ...SMALL, faults: 1, lateEvents: 1 },
    without: { finishingAdvances: false },
    states: 25_249,
  },
  {
    about: "who arms the lane does not look at its head, 1 fault, 1 late event",
    scenario: { ...SMALL, faults: 1, lateEvents: 1 },
    without: { armingAdvances: false },
    states: 52_961,
  },
  {
    about:
      "the refused copy of a finished message does not advance the lane, 1 fault, 1 late event, 1 redelivery",
    scenario: { ...SMALL, faults: 1, lateEvents: 1, redeliveries: 1 },
    without: { refusedCopyAdvances: false },
    states: 560_556,
  },
  {
    about: "nobody looks for its place in the line before joining, one key twice, 1 fault, 1 late event",
    scenario: { ...SMALL, producers: [[0], [0], [1]], faults: 1, lateEvents: 1 },
    without: { looksBeforeJoining: false },
  },
  {
    about: "setting the far dueAt moves the revision, 2 late events",
    scenario: { ...SMALL, lateEvents: 2 },
    without: { farMovesRevision: true },
    states: 175_832,
  },
  {
    about: "a worker goes on with the next message in place, 3 messages, 1 fault",
    scenario: { ...SMALL, producers: [[0], [1], [2]], messages: 3, faults: 1 },
    without: { goesOnInPlace: true },
  },
];
