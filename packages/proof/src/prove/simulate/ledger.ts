/**
 * What really happened in a simulation, as seen from outside: what the storage held, what the queue took,
 * what the target saw, what callers were told. The checks judge by this alone.
 */
import { isDeepStrictEqual } from "node:util";
import type { HomingError } from "@homing/core/error";
import type { Attempt, HistoryReason, Message } from "@homing/core/message/message";
import { EventLedger } from "./event-ledger.ts";
import type { Fault, Operation } from "./incident.ts";
import { LaneLedger } from "./lane-ledger.ts";
import { Paces } from "./paces.ts";
import type { ClockMark, ProcessClock } from "./process-clock.ts";

/** A change of a message's item. `before` is absent when it was stored for the first time. */
export interface WriteFact {
  readonly at: number;
  readonly process: string;
  readonly operation: Operation;
  readonly before: Message | undefined;
  readonly after: Message;
}

/** All the tries of one enqueue to put its copy on the queue. */
export interface SendFact {
  readonly process: string;
  /** It was handed the copy, and has sent it again for later. */
  readonly isAgain?: true;
  readonly sendId: string;
  readonly messageId: string;
  readonly attempt: number;
  readonly at: number;
  /** Copies that the queue took. */
  copies: number;
  /** What the latest try was answered; undefined while there is no answer. */
  answer: "sent" | "error" | undefined;
}

/** A request that left for the target. */
export interface RequestFact {
  readonly at: number;
  /** When the worker decided to make it; its deadline runs from here. */
  readonly calledAt: number;
  /** How much longer ago its claim was then than its process could know. */
  readonly unseenMs: number;
  readonly process: string;
  readonly messageId: string;
  readonly claimId: string;
  readonly attempt: number;
  readonly body: string | undefined;
  /** What the target answered, in time or not. */
  status: number | undefined;
  /** The worker got that answer. */
  heard: boolean;
}

/** A claim that a process has decided to write: its lease runs from here. */
export interface ClaimFact {
  readonly decidedAt: number;
  readonly holder: { readonly role: string; readonly alive: boolean };
  readonly clock: ProcessClock;
  readonly mark: ClockMark;
}

/** A sender's signing secret was replaced. */
export interface RotationFact {
  readonly senderId: string;
  readonly at: number;
  /** The same by the clock of whoever did it, which is what is stored. */
  readonly recordedAt: number;
}

/** What one call of a producer or an operator was told. */
export interface AnswerFact {
  readonly at: number;
  readonly kind: "post" | "retry" | "cancel" | "skip" | "resolve";
  readonly process: string;
  readonly message: number;
  readonly correlationId: string;
  readonly idempotent: boolean;
  readonly result: { readonly message: Message; readonly duplicate?: boolean } | HomingError;
}

export interface FaultFact {
  readonly at: number;
  readonly process: string;
  readonly operation: Operation;
  readonly fault: Fault | "outage" | "killed";
  /** It can make a process leave work undone. A call that is repeated at once cannot: it recognises itself. */
  readonly excuses: boolean;
  /** It can use up the time that a process or its lease has for a request. */
  readonly slows?: boolean;
}

export interface StoryLine {
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

export class Ledger {
  readonly fanOut = new EventLedger();
  readonly lanes = new LaneLedger();
  readonly paces = new Paces();
  readonly writes: WriteFact[] = [];
  readonly sends = new Map<string, SendFact>();
  /** Copies that a process was handed and has sent again, for later: by process, message and attempt. */
  readonly postponed = new Set<string>();
  readonly requests: RequestFact[] = [];
  readonly answers: AnswerFact[] = [];
  readonly faults: FaultFact[] = [];
  readonly story: StoryLine[] = [];
  /** Calls that left a process. */
  readonly calls = new Map<Operation, number>();
  /** Attempts that are items of their own, by message and by number and claim. */
  readonly attempts = new Map<string, Map<string, Attempt>>();
  /** Messages of which a process was told that their payload could not be stored. */
  readonly withoutPayload = new Set<string>();
  /** Messages whose own contents the queue has refused. */
  readonly refusedContents = new Set<string>();
  readonly rotations: RotationFact[] = [];
  /** What each worker was handed: the attempts that its copies were to start, by message. */
  readonly #handed = new Map<string, ReadonlyMap<string, readonly number[]>>();
  readonly #spawnedAt = new Map<string, number>();
  readonly #claims = new Map<string, ClaimFact>();
  /** When a claim was taken away because its lease was over, by whoever thought so. */
  readonly #takenAt = new Map<string, number>();
  readonly #abandoned = new Set<string>();
  readonly #clocks = new Map<string, ProcessClock>();
  readonly #payloads = new Set<string>();
  readonly #missed = new Set<string>();
  readonly #keepStory: boolean;
  readonly #states = new Map<string, Message>();
  readonly #messageOf = new Map<string, number>();
  readonly #expected = new Map<string, { message: number; body: string }>();
  readonly #excused = new Set<string>();
  readonly #slowed = new Set<string>();
  readonly #reads = new Map<string, Set<string>>();
  readonly #writesOf = new Map<string, WriteFact[]>();
  readonly #requestsOf = new Map<string, RequestFact[]>();
  readonly #waiting: Array<{ message: number; reason: HistoryReason; task: () => void }> = [];
  /** Called with each write, after it is in the ledger. */
  onWrite: (fact: WriteFact) => void = () => {};
  /** Called when a payload that was stored is not found any more. */
  onLostPayload: (messageId: string) => void = () => {};

  constructor(keepStory = true) {
    this.#keepStory = keepStory;
  }

  tell(at: number, who: string, what: string): void {
    if (this.#keepStory) this.story.push({ at, who, what });
  }

  called(operation: Operation): void {
    this.calls.set(operation, (this.calls.get(operation) ?? 0) + 1);
  }

  /** Says which message of the schedule a call is about, and the body it wants to be delivered. */
  expect(correlationId: string, message: number, body: string): void {
    this.#expected.set(correlationId, { message, body });
  }

  bodyOf(correlationId: string): string | undefined {
    return this.#expected.get(correlationId)?.body;
  }

  /** Learns the id that a message of the schedule was given, or an event, whose deliveries count as it does. */
  learn(id: string, correlationId: string): void {
    if (this.#messageOf.has(id)) return;
    this.#messageOf.set(id, this.#expected.get(correlationId)?.message ?? 0);
  }

  /** Of an event: its deliveries. */
  idsOf(message: number): string[] {
    return this.#idsOf(message, "msg_");
  }

  handed(process: string, attempts: ReadonlyMap<string, readonly number[]>): void {
    this.#handed.set(process, attempts);
  }

  /** Undefined for a process that is no worker. */
  attemptsHanded(process: string, messageId: string): readonly number[] | undefined {
    return this.#handed.get(process)?.get(messageId);
  }

  spawned(at: number, process: string): void {
    this.#spawnedAt.set(process, at);
  }

  spawnedAt(process: string): number {
    return this.#spawnedAt.get(process) ?? -Infinity;
  }

  eventIdsOf(message: number): string[] {
    return this.#idsOf(message, "evt_");
  }

  #idsOf(message: number, prefix: string): string[] {
    return [...this.#messageOf]
      .filter(([id, one]) => one === message && id.startsWith(prefix))
      .map(([id]) => id);
  }

  messageOf(messageId: string | undefined): number {
    return (messageId === undefined ? undefined : this.#messageOf.get(messageId)) ?? 0;
  }

  state(messageId: string): Message | undefined {
    return this.#states.get(messageId);
  }

  states(): Message[] {
    return [...this.#states.values()];
  }

  /** The messages as they were at a time. */
  statesAt(time: number): Message[] {
    const then = new Map<string, Message>();
    for (const { at, after } of this.writes) if (at <= time) then.set(after.messageId, after);
    return [...then.values()];
  }

  writesOf(messageId: string): readonly WriteFact[] {
    return this.#writesOf.get(messageId) ?? [];
  }

  /** Takes note of messages and events that a process read consistently. */
  read(process: string, ids: readonly string[]): void {
    const read = this.#reads.get(process) ?? new Set();
    this.#reads.set(process, read);
    for (const id of ids) read.add(id);
  }

  hasRead(process: string, id: string): boolean {
    return this.#reads.get(process)?.has(id) ?? false;
  }

  request(fact: RequestFact): void {
    this.requests.push(fact);
    const ofMessage = this.#requestsOf.get(fact.messageId);
    if (ofMessage) ofMessage.push(fact);
    else this.#requestsOf.set(fact.messageId, [fact]);
  }

  requestsOf(messageId: string): readonly RequestFact[] {
    return this.#requestsOf.get(messageId) ?? [];
  }

  knowClock(process: string, clock: ProcessClock): void {
    this.#clocks.set(process, clock);
  }

  clockOf(process: string): ProcessClock | undefined {
    return this.#clocks.get(process);
  }

  /** The latest time of day that a process can have taken this moment for, by its clock before or after it was set. */
  latestBelief(process: string, at: number): number {
    return at + (this.clockOf(process)?.highestMs ?? 0);
  }

  /** How far the clocks of all processes have ever been apart. */
  clocksApartMs(): number {
    const clocks = [...this.#clocks.values()];
    const highest = Math.max(...clocks.map(({ highestMs }) => highestMs));
    return highest - Math.min(...clocks.map(({ lowestMs }) => lowestMs));
  }

  /** When the next thing is due of all that is stored, but for lanes. */
  nextDueAt(): number {
    let next = Infinity;
    for (const { dueAt } of [...this.#states.values(), ...this.fanOut.states(), ...this.fanOut.endpoints()])
      if (dueAt !== undefined && dueAt < next) next = dueAt;
    return next;
  }

  /** How far ahead of the true time those have been that made the message's steps; 0 if none was. */
  aheadMs(messageId: string): number {
    const processes = new Set(this.writesOf(messageId).map(({ process }) => process));
    return Math.max(0, ...[...processes].map((process) => this.clockOf(process)?.highestMs ?? 0));
  }

  claim(claimId: string, decidedAt: number, holder: ClaimFact["holder"], clock: ProcessClock): void {
    this.#claims.set(claimId, { decidedAt, holder, clock, mark: clock.mark() });
  }

  claimOf(claimId: string | undefined): ClaimFact | undefined {
    return this.#claims.get(claimId ?? "");
  }

  /** When the one machine's process that runs has begun; -Infinity if none has begun anew. */
  restartedAt = -Infinity;

  /** Whether a claim was ended because its holder had. */
  wasAbandoned(claimId: string | undefined): boolean {
    return this.#abandoned.has(claimId ?? "");
  }

  takenAt(claimId: string): number | undefined {
    return this.#takenAt.get(claimId);
  }

  storedPayload(messageId: string): void {
    this.#payloads.add(messageId);
  }

  readPayload(messageId: string, isThere: boolean): void {
    if (isThere) return;
    this.#missed.add(messageId);
    if (this.#payloads.has(messageId)) this.onLostPayload(messageId);
  }

  /** Whether somebody has looked for the payload and found none. */
  missedPayload(messageId: string): boolean {
    return this.#missed.has(messageId);
  }

  /** Takes note of an item as the storage answered it. Answers the write if it is new. */
  observe(at: number, process: string, operation: Operation, after: Message): WriteFact | undefined {
    const before = this.#states.get(after.messageId);
    if (before === after || (before !== undefined && isDeepStrictEqual(before, after))) return undefined;
    const fact = { at, process, operation, before, after };
    this.#states.set(after.messageId, after);
    this.writes.push(fact);
    const isTaken = operation === "leaseOver" || operation === "takeOver";
    if (before?.claimId !== undefined) {
      if (operation === "abandonLease") this.#abandoned.add(before.claimId);
      else if (isTaken && !this.wasAbandoned(before.claimId)) this.#takenAt.set(before.claimId, at);
    }
    const ofMessage = this.#writesOf.get(after.messageId);
    if (ofMessage) ofMessage.push(fact);
    else this.#writesOf.set(after.messageId, [fact]);
    this.onWrite(fact);
    this.#wake(this.messageOf(after.messageId), after.history.at(-1)?.reason);
    return fact;
  }

  /** Does `task` when the message next makes a transition for that reason. */
  onNext(message: number, reason: HistoryReason, task: () => void): void {
    this.#waiting.push({ message, reason, task });
  }

  /** Takes note of a fault that was injected. */
  strike(fact: FaultFact): void {
    this.faults.push(fact);
    if (fact.excuses) this.#excused.add(fact.process);
    if (fact.slows) this.#slowed.add(fact.process);
  }

  /** Whether this process met an answer so slow that it may explain a claim whose request never left. */
  isSlowed(process: string): boolean {
    return this.#slowed.has(process);
  }

  /** Whether a fault explains that this process left something undone. */
  isExcused(process: string): boolean {
    return this.#excused.has(process);
  }

  #wake(message: number, reason: HistoryReason | undefined): void {
    const due = this.#waiting.filter((one) => one.message === message && one.reason === reason);
    for (const one of due) {
      this.#waiting.splice(this.#waiting.indexOf(one), 1);
      one.task();
    }
  }
}
