/** Large outages in simulated time: what they cost while they last, and how soon everything is over after them. */
import { type AcceptRequest, acceptAll } from "@homing/core/accept/accept";
import { DAY, HOUR, MINUTE, SECOND } from "@homing/core/duration";
import { imbalance } from "../check/account.ts";
import { Checker } from "../check/checker.ts";
import { memoryBackend } from "../memory-backend.ts";
import { START_AT } from "../simulate/fixed-times.ts";
import { type Incident, IncidentPlan, type Operation } from "../simulate/incident.ts";
import { SENDER } from "../simulate/producers.ts";
import { Simulation } from "../simulate/simulation.ts";
import { withDueIndex } from "./due-index.ts";

const HORIZON_MS = 30 * DAY;
const MAX_STEPS = 20_000_000;
/** One call of a producer posts this many. */
const BATCH = 100;

export interface Outage {
  readonly name: string;
  readonly messages: number;
  readonly workers: number;
  readonly startsAfterMs: number;
  readonly lastsMs: number;
  readonly queueDeadlineMs: number;
  /** What does not work while it lasts. */
  readonly of: "storage" | "queue" | "workers" | "crashingWorkers";
}

export interface OutageAccount {
  readonly accepted: number;
  readonly completed: number;
  readonly failed: number;
  readonly requests: number;
  /** Calls made while the outage lasted. */
  readonly callsMeanwhile: ReadonlyMap<Operation, number>;
  /** The most copies that any message had in the queue, over its life. */
  readonly mostCopies: number;
  /** From the end of the outage until the last message was finished. */
  readonly overAfterMs: number;
  readonly violation: string | undefined;
}

export const OUTAGES = {
  storage: {
    name: "storage down for an hour, 1,000 messages queued",
    of: "storage",
    messages: 1_000,
    workers: 20,
    startsAfterMs: MINUTE,
    lastsMs: HOUR,
    queueDeadlineMs: 15 * MINUTE,
  },
  queue: {
    name: "SQS down for two hours, 50,000 messages pending",
    of: "queue",
    messages: 50_000,
    workers: 50,
    startsAfterMs: 0,
    lastsMs: 2 * HOUR,
    queueDeadlineMs: 15 * MINUTE,
  },
  crashingWorkers: {
    name: "every worker crashing for half an hour, 1,000 messages queued",
    of: "crashingWorkers",
    messages: 1_000,
    workers: 20,
    startsAfterMs: 0,
    lastsMs: 30 * MINUTE,
    queueDeadlineMs: 15 * MINUTE,
  },
  backlog: {
    name: "no worker for four days, 1,000 messages queued",
    of: "workers",
    messages: 1_000,
    workers: 20,
    startsAfterMs: 0,
    lastsMs: 4 * DAY,
    queueDeadlineMs: 15 * MINUTE,
  },
} as const satisfies Record<string, Outage>;

/** Lets an outage happen to messages that are accepted at its beginning, and waits until all is over. */
export async function simulateOutage(outage: Outage): Promise<OutageAccount> {
  const { messages, workers, startsAfterMs, lastsMs, queueDeadlineMs, of } = outage;
  const endsAt = START_AT + startsAfterMs + lastsMs;
  const simulation = await Simulation.create(
    {
      setup: {
        retryScheduleMs: [
          5 * SECOND,
          5 * MINUTE,
          30 * MINUTE,
          2 * HOUR,
          5 * HOUR,
          10 * HOUR,
          14 * HOUR,
          20 * HOUR,
          DAY,
        ],
        queueDeadlineMs,
        workers,
        batchSize: 10,
        groups: 4,
        skewMs: 0,
        leaseMs: MINUTE,
        endsWorkers: false,
        freezes: false,
        secondReconcilerMs: 1,
        batched: false,
      },
      messages: [],
      actions: [],
      incidents: [],
    },
    async (clock, setup) => {
      const backend = await memoryBackend(clock, setup);
      return { ...backend, store: withDueIndex(backend.store) };
    },
    {
      keepStory: false,
      ...(of === "crashingWorkers" ? { plan: (now) => new CrashingWorkers(now, endsAt) } : {}),
    },
  );
  const checker = new Checker(simulation);
  const { scheduler, ledger, fleet } = simulation;

  // Whoever waits for the outage to begin must not be served before it.
  if (startsAfterMs > 0) fleet.rest(startsAfterMs);
  if (of === "workers") fleet.rest(lastsMs);
  if (of === "storage" || of === "queue") {
    scheduler.at(START_AT + startsAfterMs, () => simulation.outage(of, lastsMs));
  }
  for (let posted = 0; posted < messages; posted += BATCH) {
    scheduler.at(START_AT + 1 + posted / BATCH, () => post(simulation, Math.min(BATCH, messages - posted)));
  }
  const [before, after] = [new Map<Operation, number>(), new Map<Operation, number>()];
  scheduler.at(START_AT + startsAfterMs, () => copyCounts(ledger.calls, before));
  scheduler.at(endsAt, () => copyCounts(ledger.calls, after));

  const end = await simulation.run(HORIZON_MS, MAX_STEPS);
  if (end !== "rest") checker.report(undefined, `it never comes to rest (${end})`);
  const finding = imbalance(ledger, simulation.settings);
  if (finding) checker.report(finding.messageId, finding.text);

  const states = ledger.states();
  const copies = new Map<string, number>();
  for (const send of ledger.sends.values()) {
    copies.set(send.messageId, (copies.get(send.messageId) ?? 0) + send.copies);
  }
  return {
    accepted: states.length,
    completed: states.filter(({ status }) => status === "COMPLETED").length,
    failed: states.filter(({ status }) => status === "FAILED").length,
    requests: ledger.requests.length,
    callsMeanwhile: new Map([...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)])),
    mostCopies: Math.max(...copies.values()),
    overAfterMs: Math.max(...states.map(({ finishedAt = Infinity }) => finishedAt)) - endsAt,
    violation: checker.violation?.text,
  };
}

/** Every worker dies, by turns before it claims, before its request, after its request and before its outcome. */
class CrashingWorkers extends IncidentPlan {
  readonly #now: () => number;
  readonly #until: number;
  #turn = 0;

  constructor(now: () => number, until: number) {
    super([]);
    this.#now = now;
    this.#until = until;
  }

  override next(operation: Operation, message: number): Incident | undefined {
    const deadly = DEADLY[this.#turn % DEADLY.length];
    if (this.#now() >= this.#until || operation !== deadly?.operation) return undefined;
    this.#turn += 1;
    return { operation, message, occurrence: 1, times: 1, fault: deadly.fault, span: { ms: 1 } };
  }
}

const DEADLY = [
  { operation: "request", fault: "diesBefore" },
  { operation: "secrets", fault: "diesBefore" },
  { operation: "request", fault: "diesAfter" },
  { operation: "complete", fault: "diesBefore" },
] as const;

function post(simulation: Simulation, count: number): void {
  simulation.spawn("producer", async (process) => {
    const requests = Array.from({ length: count }, (_, index): AcceptRequest => {
      const correlationId = `${process.name}-${index}`;
      const body = JSON.stringify({ correlationId });
      simulation.ledger.expect(correlationId, 0, body);
      return {
        correlationId,
        input: {
          senderId: SENDER,
          payload: { targetUrl: "https://target.example/", method: "POST", headers: {}, body },
        },
      };
    });
    await acceptAll(simulation.dependencies(process), requests);
  });
}

function copyCounts(from: ReadonlyMap<Operation, number>, to: Map<Operation, number>): void {
  for (const [name, count] of from) to.set(name, count);
}
