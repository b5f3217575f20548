/** The queue as one simulated process sees it: every copy of a batch can meet an incident of its own. */
import type { MemoryMessageQueue } from "@homing/core/queue/memory-message-queue";
import {
  type MessageQueue,
  type OutgoingCopy,
  type QueueDepth,
  SendError,
} from "@homing/core/queue/message-queue";
import { classifyRequest } from "@homing/core/send/classify";
import type { Fault, Incident } from "./incident.ts";
import type { SendFact } from "./ledger.ts";
import type { Network, Process } from "./process.ts";
import type { Surroundings } from "./storage-call.ts";

/** What a queue has to be able to do here: the one in memory can, with simulated time. */
export type InnerQueue = Pick<
  MemoryMessageQueue,
  "receive" | "show" | "delete" | "receiveDead" | "deleteDead"
> &
  MessageQueue;

type Answers = ReadonlyArray<SendError | undefined>;

/** These befall one copy of a batch; every other fault befalls the whole call. */
const OF_ONE_COPY = new Set<Fault>([
  "throttled",
  "lostBefore",
  "answerLost",
  "denied",
  "contentRefused",
  "copyDoubled",
  "copyLate",
  "batchRefused",
  "batchTooLong",
  "batchDenied",
]);

const QUEUE_ERRORS: Partial<Record<Fault, () => SendError>> = {
  throttled: () => new SendError("QUEUE_THROTTLED", true, "RequestThrottled"),
  denied: () => new SendError("QUEUE_DENIED", false, "AccessDenied"),
  contentRefused: () => new SendError("QUEUE_REJECTED_CONTENT", false, "InvalidMessageContents"),
};

/** What a request that holds such a copy is answered as a whole, by SQS's names. */
const BATCH_ERRORS: Partial<Record<Fault, string>> = {
  batchRefused: "InvalidMessageContents",
  batchTooLong: "BatchRequestTooLong",
  batchDenied: "AccessDenied",
};

export class SimulatedQueue implements MessageQueue {
  readonly #network: Network & Surroundings;
  readonly #process: Process;
  readonly #inner: InnerQueue;
  readonly #onSent: (visibleAt: number) => void;

  constructor(
    network: Network & Surroundings,
    process: Process,
    inner: InnerQueue,
    onSent: (visibleAt: number) => void,
  ) {
    this.#network = network;
    this.#process = process;
    this.#inner = inner;
    this.#onSent = onSent;
  }

  async send(copies: readonly OutgoingCopy[], timeoutMs: number): Promise<Answers> {
    const facts = copies.map((copy) => this.#fact(copy));
    for (const fact of facts) fact.answer = undefined;
    const incidents = copies.map(({ messageId, eventId }) =>
      this.#process.incident("send", messageId ?? eventId),
    );
    const ofTheCall = incidents.find((one) => one && !OF_ONE_COPY.has(one.fault));
    const answers = await this.#process
      .callWith(ofTheCall, {
        operation: "send",
        messageId: copies[0]?.messageId,
        withinMs: timeoutMs,
        effect: () => this.#sendEach(copies, facts, incidents, timeoutMs),
        error: () => unavailable(),
        tell: (result) => result.map((error) => error?.errorName ?? "sent").join(", "),
      })
      .catch((error: unknown): Answers => copies.map(() => (error instanceof SendError ? error : undefined)));
    answers.forEach((error, index) => {
      const fact = facts[index];
      if (fact) fact.answer = error ? "error" : "sent";
    });
    return answers;
  }

  depth(): Promise<QueueDepth> {
    return this.#inner.depth();
  }

  deadLetters(): Promise<number> {
    return this.#inner.deadLetters();
  }

  async #sendEach(
    copies: readonly OutgoingCopy[],
    facts: readonly SendFact[],
    incidents: ReadonlyArray<Incident | undefined>,
    timeoutMs: number,
  ): Promise<Answers> {
    const { ledger, scheduler, queueDown } = this.#network;
    if (queueDown()) {
      const { name: process } = this.#process;
      ledger.strike({ at: scheduler.now, process, operation: "send", fault: "outage", excuses: false });
      return copies.map(unavailable);
    }
    const refusal = refusalOf(incidents);
    if (refusal !== undefined) {
      const [only] = copies;
      if (only && copies.length === 1 && refusal.name === "InvalidMessageContents")
        ledger.refusedContents.add(only.messageId ?? "");
      return copies.map(() => classifyRequest(refusal, copies.length));
    }
    const answers: Array<SendError | undefined> = [];
    for (const [index, copy] of copies.entries()) {
      const incident = incidents[index];
      const ofCopy = incident && OF_ONE_COPY.has(incident.fault) ? incident : undefined;
      const error = ofCopy && QUEUE_ERRORS[ofCopy.fault];
      if (ofCopy?.fault === "contentRefused") ledger.refusedContents.add(copy.messageId ?? "");
      if (error || ofCopy?.fault === "lostBefore") {
        answers.push(error ? error() : unavailable());
        continue;
      }
      const lateSeconds = ofCopy?.fault === "copyLate" ? Math.ceil(ofCopy.span.ms / 1_000) : 0;
      const taken = ofCopy?.fault === "copyDoubled" ? 2 : 1;
      const late = { ...copy, delaySeconds: copy.delaySeconds + lateSeconds };
      for (let n = 0; n < taken; n += 1) await this.#inner.send([late], timeoutMs);
      const fact = facts[index];
      if (fact) fact.copies += 1;
      if (fact?.isAgain)
        this.#network.ledger.postponed.add(`${this.#process.name} ${fact.messageId} ${fact.attempt}`);
      this.#onSent(this.#network.scheduler.now + late.delaySeconds * 1_000);
      answers.push(ofCopy?.fault === "answerLost" ? unavailable() : undefined);
    }
    return answers;
  }

  #fact({ body, messageId = "" }: OutgoingCopy): SendFact {
    const { ledger, scheduler } = this.#network;
    const process = this.#process.name;
    const { sendId, attempt } = JSON.parse(body) as { sendId?: string; attempt: number };
    // What asks for an expansion marks nothing, and nothing rests on its being sent.
    if (sendId === undefined)
      return { process, sendId: "", messageId, attempt: 0, at: scheduler.now, copies: 0, answer: undefined };
    const known = ledger.sends.get(sendId);
    if (known && known.process === process) return known;
    const fact = { process, sendId, messageId, attempt, at: scheduler.now, copies: 0, answer: undefined };
    // A worker sends what it has marked, and sends again what it was handed: that says nothing of any mark.
    const isOwn =
      this.#process.role !== "worker" ||
      ledger.writes.some((write) => write.process === process && write.after.sendId === sendId);
    if (!isOwn) return { ...fact, isAgain: true };
    if (known) return known;
    ledger.sends.set(sendId, fact);
    return fact;
  }
}

function unavailable(): SendError {
  return new SendError("QUEUE_UNAVAILABLE", true, "TimeoutError", new Error("injected"));
}

/** The error of the whole request, if one of its copies has it refused. */
function refusalOf(incidents: ReadonlyArray<Incident | undefined>): Error | undefined {
  const names = incidents.flatMap((incident) => {
    const alone = incidents.length === 1 && incident?.fault === "batchTooLong";
    const name = incident && BATCH_ERRORS[incident.fault];
    return name === undefined || alone ? [] : [name];
  });
  const [name] = names;
  return name === undefined ? undefined : Object.assign(new Error("injected"), { name });
}
