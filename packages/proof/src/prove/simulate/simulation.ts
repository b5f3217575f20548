/**
 * The whole system in one thread and in simulated time: the real core, on a store, a queue and a target
 * whose every call the schedule decides over.
 */

import { DAY, HOUR, MINUTE, SECOND } from "@homing/core/duration";
import { announcingStore } from "@homing/core/endpoint/announcing-store";
import type { HealthPolicy } from "@homing/core/endpoint/health-policy";
import type { Observer } from "@homing/core/observe/observe";
import type { QueueRecord } from "@homing/core/queue/queue-record";
import { reconcile } from "@homing/core/reconcile/reconcile";
import type { Backoff } from "@homing/core/send/send-with-retry";
import { DEFAULT_SETTINGS, type Settings } from "@homing/core/settings";
import { createDeadLetterHandler } from "@homing/functions/handlers/worker";
import { MemoryKeyStore } from "@homing/functions/keys/memory-key-store";
import { EndpointMemory } from "./endpoint-memory.ts";
import { NO_FAN_OUT } from "./fan-out.ts";
import { HASTY_GATE, START_AT, VISIBILITY_TIMEOUT_MS } from "./fixed-times.ts";
import { IncidentPlan } from "./incident.ts";
import { Ledger } from "./ledger.ts";
import type { Mutant, Role } from "./mutant.ts";
import type { When } from "./post.ts";
import { Process, type ProcessEnd } from "./process.ts";
import { ProcessClock } from "./process-clock.ts";
import { Reconcilers } from "./reconcilers.ts";
import type { Schedule } from "./schedule.ts";
import { type RunEnd, Scheduler } from "./scheduler.ts";
import { SimulatedEndpointStore } from "./simulated-endpoint-store.ts";
import { SimulatedEventStore } from "./simulated-event-store.ts";
import { SimulatedLanes } from "./simulated-lanes.ts";
import { SimulatedQueue } from "./simulated-queue.ts";
import { SimulatedStore } from "./simulated-store.ts";
import { toSqsRecord } from "./sqs-record.ts";
import { WorkerFleet } from "./worker-fleet.ts";
import type { Backend, Dependencies, Hooks, MakeBackend, World } from "./world.ts";

const RECONCILE_INTERVAL_MS = 60 * SECOND;
/** Clocks come in three: one that is right, one that is fast and one that is slow by the same time. */
const SKEWS = [0, 1, -1] as const;
/** After so many looks in vain while the storage answers, the dead letters that are left count as staying. */
const MAX_VAIN_DEAD_LETTER_POLLS = 3;

/** What takes an hour and days takes minutes, so that the retries of a schedule are enough for it. */
const HASTY_POLICY: HealthPolicy = {
  toldEveryMs: SECOND,
  announcedAfterMs: 30 * SECOND,
  failedAnnouncedEveryMs: 10 * MINUTE,
  fewestFailures: 2,
  newestFailureMs: DAY,
  gate: HASTY_GATE,
};
/** What is told of an endpoint decides over no message of most schedules: it would take days of failures. */
const UNWATCHED = { failed: async () => {}, succeeded: async () => {}, messageFailed: async () => {} };
const SILENT: Observer = { log: { write: () => {} }, metrics: { add: () => {} } };

/** No waits between tries: simulated time passes in the calls themselves, and there are no timers. */
const BACKOFF: Backoff = { retries: 2, factor: 1, minTimeout: 0, maxTimeout: 0, randomize: false };

export interface SimulationOptions {
  readonly mutant?: Mutant | undefined;
  /** In place of the schedule's own incidents. */
  readonly plan?: (now: () => number) => IncidentPlan;
  /** Whether to keep what happened for a story; without it a simulation can be large. Default true. */
  readonly keepStory?: boolean;
}

export class Simulation implements World {
  readonly schedule: Schedule;
  readonly scheduler: Scheduler;
  readonly ledger: Ledger;
  readonly plan: IncidentPlan;
  readonly settings: Settings;
  readonly backend: Backend;
  readonly senders = new MemoryKeyStore();
  readonly metrics = new Map<string, number>();
  readonly fleet: WorkerFleet;
  readonly reconcilers: Reconcilers;
  readonly mutant: Mutant | undefined;
  hooks: Hooks = {
    onRequest: () => {},
    onCutOff: () => {},
    onDelete: () => {},
    onDeadLetter: () => {},
    onEnqueue: () => {},
    onApply: () => {},
  };
  readonly #outages = { storage: 0, queue: 0 };
  readonly #living = new Set<Process>();
  readonly #random = jitter();
  #tokens = 0;
  #ids = 0;
  #processes = 0;
  #clocks = 0;
  #vainDeadLetterPolls = 0;
  #deadLettersArmed = false;

  constructor(
    schedule: Schedule,
    scheduler: Scheduler,
    backend: Backend,
    { mutant, plan, keepStory = true }: SimulationOptions,
  ) {
    const { setup } = schedule;
    this.schedule = schedule;
    this.scheduler = scheduler;
    this.mutant = mutant;
    this.plan = plan?.(() => this.scheduler.now) ?? new IncidentPlan(schedule.incidents);
    this.ledger = new Ledger(keepStory);
    this.settings = {
      ...DEFAULT_SETTINGS,
      retryScheduleMs: setup.retryScheduleMs,
      queueDeadlineMs: setup.queueDeadlineMs,
      leaseMs: setup.leaseMs,
      failingGate: schedule.fanOut?.gated === true,
    };
    this.backend = {
      ...backend,
      store: mutant?.backend?.(backend.store) ?? backend.store,
      events: mutant?.eventBackend?.(backend.events) ?? backend.events,
      lanes: mutant?.laneBackend?.({ now: () => scheduler.now }, backend.lanes.linePlaces) ?? backend.lanes,
    };
    this.fleet = new WorkerFleet(this, setup);
    this.reconcilers = new Reconcilers(this, {
      intervalMs: RECONCILE_INTERVAL_MS,
      offsetsMs: mutant?.withoutReconciler ? [] : [0, setup.secondReconcilerMs],
    });
  }

  static async create(
    schedule: Schedule,
    makeBackend: MakeBackend,
    options: SimulationOptions = {},
  ): Promise<Simulation> {
    const scheduler = new Scheduler(START_AT);
    const backend = await makeBackend({ now: () => scheduler.now }, schedule.setup);
    return new Simulation(schedule, scheduler, backend, options);
  }

  readonly #newToken = (): string => `token-${++this.#tokens}`;

  storageDown = (): boolean => this.#outages.storage > 0;
  queueDown = (): boolean => this.#outages.queue > 0;

  run(horizonMs: number, maxSteps: number): Promise<RunEnd> {
    return this.scheduler.run(START_AT + horizonMs, maxSteps);
  }

  newClock(): ProcessClock {
    this.#clocks += 1;
    const skew = SKEWS[this.#clocks % SKEWS.length] ?? 0;
    return new ProcessClock(() => this.scheduler.now, skew * this.schedule.setup.skewMs);
  }

  newEndpointMemory(clock: ProcessClock): EndpointMemory {
    const { fanOut = NO_FAN_OUT } = this.schedule;
    const { failingGate } = this.settings;
    // Where it is to be held for a while it must not be disabled before.
    const settings = { endpointDisableAfterMs: failingGate ? HOUR : MINUTE, failingGate };
    const watching = { observer: SILENT, newToken: this.#newToken, settings, policy: HASTY_POLICY };
    return new EndpointMemory(clock, fanOut.watched ? watching : undefined, this.mutant?.endpointReads);
  }

  spawn(
    role: Role,
    main: (process: Process) => Promise<void>,
    onEnd?: (end: ProcessEnd) => void,
    clock: ProcessClock = this.newClock(),
  ): Process {
    this.#processes += 1;
    const process = new Process(this, { role, number: this.#processes, clock }, (end) => {
      this.#living.delete(process);
      onEnd?.(end);
    });
    this.#living.add(process);
    this.ledger.knowClock(process.name, clock);
    this.ledger.spawned(this.scheduler.now, process.name);
    process.run(() => main(process));
    return process;
  }

  /** What the core needs, as this process sees it. */
  dependencies(
    process: Process,
    records: readonly QueueRecord[] = [],
    memory: EndpointMemory = this.newEndpointMemory(process.clock),
  ): Dependencies {
    const { mutant, settings, ledger } = this;
    const { role, clock } = process;
    const now = () => clock.now();
    const backend = (process.isNewer ? this.backend.next : undefined) ?? this.backend;
    const store = new SimulatedStore(this, process, backend.store);
    const lanes = new SimulatedLanes(this, process, backend.lanes);
    const queue = new SimulatedQueue(this, process, backend.queue, (visibleAt) =>
      this.fleet.pollAt(visibleAt),
    );
    const events = new SimulatedEventStore(this, process, backend.events);
    const endpoints = new SimulatedEndpointStore(
      this,
      process,
      backend.endpoints,
      mutant?.raisesVersionFirst,
    );
    const context = { role, ledger, settings, now, records };
    const mutated = mutant?.store?.(store, context) ?? store;
    const changed = mutant?.endpoints?.(endpoints, context) ?? endpoints;
    memory.workThrough(endpoints, { endpoints: changed, store: mutated });
    const { health = UNWATCHED } = memory;
    return {
      store: memory.health ? announcingStore(mutated, health) : mutated,
      lanes: mutant?.lanes?.(lanes, context) ?? lanes,
      queue: mutant?.queue?.(queue) ?? queue,
      events: mutant?.events?.(events, context) ?? events,
      endpoints: changed,
      paces: changed,
      directory: memory.directory,
      endpointReader: mutant?.endpointReader?.(memory.reader) ?? memory.reader,
      health,
      clock: mutant?.clock?.(clock, role) ?? clock,
      observer: {
        log: { write: (_level, event) => process.tell(`says ${event}`) },
        metrics: {
          add: (name, value = 1) => this.metrics.set(name, (this.metrics.get(name) ?? 0) + value),
        },
      },
      settings: mutant?.settings?.(settings, role) ?? settings,
      gatePolicy: HASTY_GATE,
      newToken: this.#newToken,
      newMessageId: () => `msg_${String(++this.#ids).padStart(26, "0")}`,
      newEventId: () => `evt_${String(++this.#ids).padStart(26, "0")}`,
      random: () => this.#random(),
      ...(this.schedule.setup.sliceEndpoints === undefined
        ? {}
        : { sliceEndpoints: this.schedule.setup.sliceEndpoints }),
      sendBackoff: BACKOFF,
      rollbackBackoff: BACKOFF,
    };
  }

  /** Does something at a time of the schedule; what waits for a transition that never comes is left out. */
  when({ ms, after }: When, task: () => void): void {
    if (after === undefined) this.scheduler.at(START_AT + ms, task);
    else this.ledger.onNext(after.message, after.reason, () => this.scheduler.after(ms, task));
  }

  outage(of: "storage" | "queue", ms: number): void {
    this.#outages[of] += 1;
    this.scheduler.after(ms, () => {
      this.#outages[of] -= 1;
    });
  }

  /**
   * The one process of one machine is killed with all that it does, and another begins that delivers after so long.
   * Listeners are somewhere else.
   */
  restart(ms: number): void {
    const { ledger, scheduler, mutant } = this;
    ledger.restartedAt = scheduler.now;
    const held = this.fleet.inProgress();
    const ended = mutant?.withoutLock ? [] : [...this.#living].filter(({ role }) => role !== "listener");
    for (const process of ended) process.kill();
    this.fleet.restart(held, ms);
  }

  startReconciler(name: string): void {
    const { setup } = this.schedule;
    this.spawn("reconciler", async (process) => {
      await reconcile(this.dependencies(process), `${name}-${process.name}`, {
        timeMs: 45 * SECOND,
        messages: 50_000,
        groups: setup.groups,
        ...(setup.perEndpoint === undefined ? {} : { perEndpoint: setup.perEndpoint }),
      });
    });
  }

  /** Lets the dead-letter consumer look soon, and again while records are left that it may yet take. */
  armDeadLetters(): void {
    if (this.#deadLettersArmed || this.#vainDeadLetterPolls >= MAX_VAIN_DEAD_LETTER_POLLS) return;
    if (this.backend.queue.receiveDead().length === 0) return;
    this.#deadLettersArmed = true;
    this.scheduler.after(VISIBILITY_TIMEOUT_MS, () => {
      this.#deadLettersArmed = false;
      if (!this.storageDown()) this.#vainDeadLetterPolls += 1;
      this.spawn(
        "deadLetters",
        (process) => this.#consumeDeadLetters(process),
        () => this.armDeadLetters(),
      );
    });
  }

  async #consumeDeadLetters(process: Process): Promise<void> {
    const handler = createDeadLetterHandler({
      ...this.dependencies(process),
      counters: { flush: async () => {} },
    });
    for (const record of this.backend.queue.receiveDead()) {
      const seen = this.mutant?.deadLetter?.(record) ?? record;
      this.hooks.onDeadLetter(process, record);
      const event = { Records: [toSqsRecord(seen)] };
      const { batchItemFailures } = await handler(event, { getRemainingTimeInMillis: () => MINUTE });
      if (batchItemFailures.length > 0) continue;
      this.backend.queue.deleteDead(record.receipt);
      this.#vainDeadLetterPolls = 0;
    }
  }
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function jitter(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
