/** Workers fed from the queue as Lambda feeds them: batches, partial answers, no deletion of what failed. */

import type { SigningSecrets } from "@homing/core/delivery/build-request";
import type { WorkerDependencies } from "@homing/core/delivery/handle-record";
import type { Transition } from "@homing/core/message/transition";
import type { ReceivedCopy } from "@homing/core/queue/memory-message-queue";
import type { MessageStore, WriteResult } from "@homing/core/store/message-store";
import { type Counting, createWorkerHandler } from "@homing/functions/handlers/worker";
import { createSigningSecrets } from "@homing/functions/signing-secrets";
import { attemptOf } from "./attempt-of.ts";
import type { EndpointMemory } from "./endpoint-memory.ts";
import { scheduledEndpoint } from "./endpoints.ts";
import { SIGNING_MASTER, VISIBILITY_TIMEOUT_MS, WORKER_TIMEOUT_MS } from "./fixed-times.ts";
import { Inheritance } from "./inheritance.ts";
import { overriding } from "./overriding.ts";
import type { Process } from "./process.ts";
import type { ProcessClock } from "./process-clock.ts";
import type { Setup } from "./schedule.ts";
import { type Belief, SimulatedTarget } from "./simulated-target.ts";
import { toSqsRecord } from "./sqs-record.ts";
import { ANSWERS_OK, type TargetAnswer } from "./target-answer.ts";
import type { World } from "./world.ts";

/** What outlives the invocations of a worker: its clock, and what it remembers. */
interface Environment {
  readonly clock: ProcessClock;
  readonly signingSecrets: SigningSecrets;
  readonly endpoints: EndpointMemory;
  invocation: { readonly process: Process; readonly records: readonly ReceivedCopy[] } | undefined;
}

type FleetSetup = Pick<Setup, "workers" | "batchSize" | "endsWorkers" | "freezes" | "postponements">;

export class WorkerFleet {
  readonly #world: World;
  readonly #setup: FleetSetup;
  readonly #idle: Environment[] = [];
  readonly #requests = new Map<string, number>();
  readonly #inProgress = new Set<string>();
  #inheritance: Inheritance | undefined;
  #postponed = 0;
  #busy = 0;
  #resting = 0;
  #pollAgain = false;

  constructor(world: World, setup: FleetSetup) {
    this.#world = world;
    this.#setup = setup;
  }

  pollAt(time: number): void {
    this.#world.scheduler.at(time, () => this.#poll());
  }

  /** Copies that somebody has been handed and has not answered for. */
  inProgress(): readonly string[] {
    return [...this.#inProgress];
  }

  /** Another process goes on, on one machine, with what the one before had in progress. */
  restart(inProgress: readonly string[], ms: number): void {
    this.#inheritance = new Inheritance(this.#world);
    this.#idle.length = 0;
    this.#inProgress.clear();
    for (const receipt of inProgress) this.#world.backend.queue.show(receipt);
    this.rest(ms);
  }

  /** No worker takes anything for a while. */
  rest(ms: number): void {
    this.#resting += 1;
    this.#world.scheduler.after(ms, () => {
      this.#resting -= 1;
      this.#poll();
    });
  }

  #poll(): void {
    if (this.#resting > 0) return;
    if (this.#busy >= this.#setup.workers) {
      this.#pollAgain = true;
      return;
    }
    this.#pollAgain = false;
    const { backend, plan, scheduler } = this.#world;
    const records = backend.queue.receive(this.#setup.batchSize);
    this.#world.armDeadLetters();
    if (records.length === 0) return;
    this.pollAt(scheduler.now + VISIBILITY_TIMEOUT_MS);
    this.pollAt(scheduler.now);
    const message = this.#world.ledger.messageOf(records[0]?.messageId);
    // The answer to the poll was lost: nobody has the copies, and they stay hidden.
    if (plan.next("receive", message)) return;
    this.#busy += 1;
    for (const { receipt } of records) this.#inProgress.add(receipt);
    if (this.#inheritance) this.#inheritance.handOut(records, (handed) => this.#invoke(handed));
    else this.#invoke(records);
  }

  #invoke(records: readonly ReceivedCopy[]): void {
    if (records.length === 0) {
      this.#free();
      return;
    }
    const environment = this.#idle.pop() ?? this.#newEnvironment();
    if (environment.clock.isFrozen) environment.clock.thaw();
    this.#world.spawn(
      "worker",
      (process) => this.#handle(process, records, environment),
      (end) => {
        if (end === "ended") {
          if (this.#setup.freezes) environment.clock.freeze();
          this.#idle.push(environment);
          for (const { receipt } of records) this.#inProgress.delete(receipt);
        }
        this.#free();
      },
      environment.clock,
    );
  }

  #free(): void {
    this.#busy -= 1;
    if (this.#pollAgain) this.pollAt(this.#world.scheduler.now);
  }

  #newEnvironment(clock = this.#world.newClock()): Environment {
    const { mutant, senders } = this.#world;
    const environment: Environment = {
      clock,
      endpoints: this.#world.newEndpointMemory(clock),
      signingSecrets: createSigningSecrets({
        master: SIGNING_MASTER,
        senders: {
          getSender: (senderId) => {
            // Reading the secrets is a call as any other, told apart by the first record of the sender.
            const { process, records = [] } = environment.invocation ?? {};
            if (!process) throw new Error("secrets are asked for in an invocation");
            return process.call({
              operation: "secrets",
              messageId: records.find((record) => record.senderId === senderId)?.messageId,
              effect: () => (mutant?.senders?.(senders) ?? senders).getSender(senderId),
              error: () => new Error("injected"),
            });
          },
        },
        clock: mutant?.cacheClock?.(clock) ?? clock,
      }),
      invocation: undefined,
    };
    return environment;
  }

  /** One invocation of the worker's own handler; what it does not name as failed is deleted. */
  async #handle(process: Process, records: readonly ReceivedCopy[], environment: Environment): Promise<void> {
    environment.invocation = { process, records };
    const { scheduler, ledger } = this.#world;
    const endsAt = scheduler.now + WORKER_TIMEOUT_MS;
    ledger.handed(process.name, attemptsOf(records));
    const revisions = records.map(({ messageId = "" }) => ledger.state(messageId)?.revision ?? 0);
    const handler = createWorkerHandler(this.#dependencies(process, records, environment));
    const remainingMs = this.#world.mutant?.remainingMs ?? ((ms: number) => ms);
    let answered = false;
    if (this.#setup.endsWorkers) {
      scheduler.at(endsAt, () => {
        if (answered || !process.alive) return;
        this.#world.hooks.onCutOff(process);
        process.die();
      });
    }
    const { batchItemFailures } = await handler(
      { Records: records.map(toSqsRecord) },
      { getRemainingTimeInMillis: () => remainingMs(endsAt - scheduler.now) },
    );
    answered = true;
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { receipt } of records)
      if (!failed.has(receipt) || this.#world.mutant?.forgetsGivenBack) this.#inheritance?.forget(receipt);
    await Promise.all(
      records.map(async (record, index) => {
        if (!failed.has(record.receipt)) await this.#delete(process, record, revisions[index] ?? 0);
      }),
    );
  }

  async #delete(process: Process, record: ReceivedCopy, revision: number): Promise<void> {
    const { backend, hooks } = this.#world;
    hooks.onDelete(process, record, revision);
    await process
      .call({
        operation: "delete",
        messageId: record.messageId,
        effect: async () => backend.queue.delete(record.receipt),
        error: () => new Error("injected"),
      })
      .catch(() => {});
  }

  /** What a listener needs, which makes its requests as a worker does. */
  listening(process: Process): WorkerDependencies {
    const { clock } = process;
    const environment = { ...this.#newEnvironment(clock), invocation: { process, records: [] } };
    return this.#dependencies(process, [], environment);
  }

  #dependencies(
    process: Process,
    records: readonly ReceivedCopy[],
    { signingSecrets, endpoints }: Environment,
  ): WorkerDependencies & Counting {
    const world = this.#world;
    const dependencies = world.dependencies(process, records, endpoints);
    const beliefs = new Map<string, Belief>();
    const http = new SimulatedTarget(world, process, {
      belief: (messageId) => beliefs.get(messageId),
      answerTo: (messageId) => this.#answerTo(messageId),
      onRequest: (fact, request) => world.hooks.onRequest(fact, request),
    });
    return {
      ...dependencies,
      store: noticingClaims(dependencies.store, (belief) => beliefs.set(belief.messageId, belief)),
      http,
      signingSecrets,
      counters: { flush: async () => {} },
      hands: { begin: () => () => {}, holdsBack: async () => this.#isPostponed() },
    };
  }

  /** Every other copy, as many as the schedule says. */
  #isPostponed(): boolean {
    this.#postponed += 1;
    const { postponements = 0 } = this.#setup;
    return this.#postponed % 2 === 1 && this.#postponed < 2 * postponements;
  }

  #answerTo(messageId: string): TargetAnswer {
    const { ledger, schedule } = this.#world;
    const request = this.#requests.get(messageId) ?? 0;
    this.#requests.set(messageId, request + 1);
    const endpointId = ledger.state(messageId)?.endpointId;
    const target =
      endpointId === undefined
        ? schedule.messages[ledger.messageOf(messageId)]
        : scheduledEndpoint(schedule, endpointId);
    return target?.answers[request] ?? ANSWERS_OK;
  }
}

/** Which attempts copies are to start, by message; those that cannot be read start none. */
function attemptsOf(records: readonly ReceivedCopy[]): ReadonlyMap<string, readonly number[]> {
  const byMessage = Map.groupBy(records, ({ messageId = "" }) => messageId);
  return new Map(
    [...byMessage].map(([messageId, all]) => [messageId, all.flatMap(({ body }) => attemptOf(body) ?? [])]),
  );
}

/** The store, noticing which claim its user is told to hold. */
function noticingClaims(store: MessageStore, onClaim: (claim: Belief) => void): MessageStore {
  return overriding(store, {
    apply: async (messageId: string, transition: Transition, withinMs?: number): Promise<WriteResult> => {
      const result = await store.apply(messageId, transition, withinMs);
      const { attribute, value: claimId } = transition.token;
      if (attribute === "claimId" && result.applied) {
        onClaim({ messageId, claimId, attempt: result.message.attempt });
      }
      return result;
    },
  });
}
