/** One lane with its messages, the queue, and all who work on it. */
import { type Fields, recordOf, widthFor } from "../record.ts";
import { decodeCopy, encodeCopy, messageAt, roundAt } from "./place.ts";
import { Row } from "./row.ts";
import { participants, type Scenario } from "./scenario.ts";
import { KIND, STEP } from "./words.ts";

const MESSAGE = recordOf([
  "status",
  "reason",
  "waitsForTurn",
  "inLine",
  "round",
  "attempt",
  "attemptLimit",
  "leaseOver",
  "due",
  "skipped",
  // what the checks remember: it was answered 2xx; a fault explains a second request; bits of the attempts and of the
  // rounds that were requested; bits of the rounds that are past
  "succeeded",
  "explained",
  "requestedAttempts",
  "requestedRounds",
  "pastRounds",
]);
const LANE = recordOf(["due", "overflowing", "nextSegment"]);
const SEGMENT = recordOf(["number", "sealed"]);
const COUNTS = recordOf(["faults", "lateEvents", "redeliveries"]);

export const PROCESS = recordOf([
  "kind",
  "step",
  /** Of a producer: which of its calls. */
  "call",
  /** The message it has read, from 1; and whether the revision, sendId and claim it read or wrote are the present ones. */
  "message",
  "isFresh",
  "isOwnSend",
  "isOwnClaim",
  /** It repeats a write whose answer was lost. */
  "repeats",
  /** The copy it took, and whether it is still its own to give back. */
  "copyMessage",
  "copyAttempt",
  "holdsCopy",
  "leaseOver",
  "response",
  "goal",
  // the lane as it was read: head, how many places (2: more than one), overflow, next segment, dueAt
  "head",
  "places",
  "overflowing",
  "segment",
  "armed",
  /** The head was seen released and at work. */
  "headReleased",
  "place",
  "secondPlace",
  "inSegment",
  "attemptToSend",
  /** The segment's places when it was sealed. */
  "sealedPlaces",
  /** Set aside while it advances the lane, to join anew behind it. */
  "placeToJoin",
  "goalBefore",
  /** Of a producer that joins before it stores: 1 in line, 2 first in line. */
  "joined",
]);

export type Message = Fields<(typeof MESSAGE.names)[number]>;
export type Process = Fields<(typeof PROCESS.names)[number]>;

export interface Segment {
  readonly fields: Fields<(typeof SEGMENT.names)[number]>;
  readonly places: Row;
}

const MOST_IN_LINE = 8;
const MOST_IN_SEGMENT = 4;
const MOST_IN_ORDER = 9;
const MOST_COPIES = 6;
export const SEGMENT_SIZE = SEGMENT.size + Row.size(MOST_IN_SEGMENT);

export class State {
  readonly bytes: Uint8Array;
  readonly messages: readonly Message[];
  readonly lane: Fields<(typeof LANE.names)[number]>;
  readonly line: Row;
  readonly segments: readonly Segment[];
  /** What the checks go by: all places that are not past, in the order in which they joined. */
  readonly order: Row;
  readonly copies: Row;
  readonly counts: Fields<(typeof COUNTS.names)[number]>;
  readonly processes: readonly Process[];
  readonly segmentsAt: number;
  readonly processesAt: number;
  /** Set by the step that makes this state. */
  violation: string | undefined;
  isCut = false;
  readonly #queue: number;

  constructor(scenario: Scenario) {
    const { messages, segments, queue } = scenario;
    const processes = participants(scenario).length;
    const laneAt = messages * MESSAGE.size;
    const lineAt = laneAt + LANE.size;
    this.segmentsAt = lineAt + Row.size(MOST_IN_LINE);
    const orderAt = this.segmentsAt + segments * SEGMENT_SIZE;
    const copiesAt = orderAt + Row.size(MOST_IN_ORDER);
    const countsAt = copiesAt + Row.size(MOST_COPIES);
    this.processesAt = countsAt + COUNTS.size;
    const bytes = new Uint8Array(widthFor(this.processesAt + processes * PROCESS.size));
    this.bytes = bytes;
    this.messages = times(messages, (index) => MESSAGE.at(bytes, index * MESSAGE.size));
    this.lane = LANE.at(bytes, laneAt);
    this.line = new Row(bytes, lineAt, MOST_IN_LINE);
    this.segments = times(segments, (index) => {
      const at = this.segmentsAt + index * SEGMENT_SIZE;
      return { fields: SEGMENT.at(bytes, at), places: new Row(bytes, at + SEGMENT.size, MOST_IN_SEGMENT) };
    });
    this.order = new Row(bytes, orderAt, MOST_IN_ORDER);
    this.copies = new Row(bytes, copiesAt, MOST_COPIES);
    this.counts = COUNTS.at(bytes, countsAt);
    this.processes = times(processes, (index) => PROCESS.at(bytes, this.processesAt + index * PROCESS.size));
    this.#queue = queue;
  }

  message(index: number): Message {
    return this.messages[index] ?? missing("message", index);
  }

  process(index: number): Process {
    return this.processes[index] ?? missing("process", index);
  }

  /** The message that the process has read. */
  messageOf(process: Process): Message {
    return this.message(process.message - 1);
  }

  segment(number: number): Segment | undefined {
    for (const segment of this.segments) if (segment.fields.number === number) return segment;
    return undefined;
  }

  /** The segment, made if it is not there; undefined, and the step is cut, if the model holds no more. */
  segmentOrNew(number: number): Segment | undefined {
    const segment = this.segment(number) ?? this.segment(0);
    if (segment) segment.fields.number = number;
    else this.isCut = true;
    return segment;
  }

  /** By the contract: once COMPLETED, CANCELLED, FAILED without blocking, or skipped, a place is past for ever. */
  isPast(place: number): boolean {
    return ((this.message(messageAt(place)).pastRounds >> roundAt(place)) & 1) === 1;
  }

  /** Notes for the checks that the place has joined. */
  noteJoined(place: number): void {
    if (this.order.indexOf(place) >= 0 || this.isPast(place)) return;
    if (!this.order.push(place)) throw new RangeError("The order does not hold that many places.");
  }

  addCopy(message: number, attempt: number): void {
    const fits = this.copies.length < this.#queue && this.copies.push(encodeCopy({ message, attempt }));
    if (!fits) this.isCut = true;
  }

  /** The queue gets the copy again that the process holds. */
  giveBack(process: Process): void {
    if (process.holdsCopy) this.addCopy(process.copyMessage - 1, process.copyAttempt);
  }

  copy(index: number) {
    return decodeCopy(this.copies.at(index));
  }
}

/** Begins anew: only its kind, and a producer's place in its list of calls, are kept. */
export function reset(process: Process, step: number): void {
  const { kind, call } = process;
  process.clear();
  process.kind = kind;
  process.step = step;
  if (kind === KIND.producer) process.call = call;
}

/** Those who come again: workers, reconcilers, the dead-letter consumer. The others act once. */
export function restStep({ kind }: Process): number {
  const comesAgain = kind === KIND.worker || kind === KIND.reconciler || kind === KIND.deadLetter;
  return comesAgain ? STEP.idle : STEP.done;
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function missing(what: string, index: number): never {
  throw new RangeError(`There is no ${what} ${index}.`);
}
