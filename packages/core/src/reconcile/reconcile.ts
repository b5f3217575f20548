/**
 * The reconciler: recovery plan and scheduler in one. It reads what is due, shard by shard, and gives each
 * message the push it needs. Two runs at once do no harm, because every step is a guarded transition.
 */

import { type EndLeaseDependencies, endLease } from "../delivery/end-lease.ts";
import { SECOND } from "../duration.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { FailureReason, Message } from "../message/message.ts";
import {
  type EnqueueDependencies,
  type EnqueueEntry,
  type EnqueueResult,
  enqueueAll,
} from "../send/enqueue.ts";
import { StorageError } from "../store/message-store.ts";
import { type DueAction, dueAction, LOOK_AHEAD_MS } from "./due-action.ts";
import { inTurns } from "./in-turns.ts";
import { Probe } from "./probe.ts";

export type ReconcileDependencies = EnqueueDependencies &
  EndLeaseDependencies & {
    readonly settings: EnqueueDependencies["settings"] & EndLeaseDependencies["settings"];
  };

export interface RunLimits {
  /** No new page is begun after this long. */
  readonly timeMs: number;
  /** Messages looked at, over all lanes. */
  readonly messages: number;
  /** Shard groups that run side by side. */
  readonly lanes: number;
}

export const DEFAULT_RUN_LIMITS: RunLimits = { timeMs: 45 * SECOND, messages: 50_000, lanes: 4 };

export interface RunSummary {
  readonly examined: number;
  readonly enqueued: number;
  readonly finished: number;
  /** The queue or the storage did not take what was sent: the run ended early and left the rest overdue. */
  readonly interrupted: boolean;
}

/** Messages of one page are pushed this many at a time: one batch of the queue. */
const CHUNK = 10;
const PAGE = 100;
/** Of one sender in one lane, before the others have had theirs. */
const SHARE = 100;
/** Of one shard, that are read for messages of other senders; of four shards 120,000. */
const ROWS_AHEAD = 30_000;

/** One run over everything that is due now or within the look-ahead. */
export async function reconcile(
  deps: ReconcileDependencies,
  correlationId: string,
  limits: RunLimits = DEFAULT_RUN_LIMITS,
): Promise<RunSummary> {
  const run: Run = {
    deps,
    correlationId,
    probe: new Probe(),
    reading: Promise.resolve(),
    endsAt: deps.clock.monotonic() + limits.timeMs,
    examined: 0,
    enqueued: 0,
    finished: 0,
  };
  const lanes = Array.from({ length: limits.lanes }, async (_, lane) => {
    try {
      await runLane(run, lane, limits);
    } catch (error) {
      run.probe.fail();
      throw error;
    }
  });
  const settled = await Promise.allSettled(lanes);
  const failed = settled.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  const { examined, enqueued, finished, probe } = run;
  const summary = { examined, enqueued, finished, interrupted: probe.failed };
  if (examined > 0)
    deps.observer.log.write(probe.failed ? "warn" : "info", "reconciled", { ...summary, correlationId });
  return summary;
}

interface Run {
  readonly deps: ReconcileDependencies;
  readonly correlationId: string;
  readonly probe: Probe;
  readonly endsAt: number;
  /** The latest page that a lane has begun to read. */
  reading: Promise<unknown>;
  examined: number;
  enqueued: number;
  finished: number;
}

/**
 * Two passes over what is due: in the first each sender is given its share, in the second those who have more. So
 * before a message at most a share of each other sender's goes ahead in its lane, however many of them were due
 * before it, up to `ROWS_AHEAD` in its shard: the index does not know senders, and has to be read through.
 */
async function runLane(run: Run, lane: number, limits: RunLimits): Promise<void> {
  // A share of its own for each lane, so that none can use up what the others need.
  const bound = { messagesLeft: Math.max(1, Math.floor(limits.messages / limits.lanes)) };
  const shards = Array.from({ length: run.deps.store.shards }, (_, shard) => shard).filter(
    (shard) => shard % limits.lanes === lane,
  );
  const sent = new Map<string, number>();
  let passedOver = 0;
  for (const shard of shards) passedOver += await runShard(run, shard, bound, sent);
  if (passedOver === 0) return;
  for (const shard of shards) await runShard(run, shard, bound);
}

/** Answers how many messages were passed over because their sender had had its share (`taken`, by sender). */
async function runShard(
  run: Run,
  shard: number,
  bound: { messagesLeft: number },
  taken?: Map<string, number>,
): Promise<number> {
  let from: string | undefined;
  let rows = 0;
  let passedOver = 0;
  do {
    if (bound.messagesLeft <= 0 || isOver(run) || (taken && rows >= ROWS_AHEAD)) break;
    const page = await readPage(run, shard, Math.min(PAGE, bound.messagesLeft), from);
    rows += page.rows;
    const own = taken ? page.messages.filter(({ senderId }) => withinShare(taken, senderId)) : page.messages;
    passedOver += page.messages.length - own.length;
    bound.messagesLeft -= page.rows - (page.messages.length - own.length);
    const messages = inTurns(own);
    for (let at = 0; at < messages.length && !run.probe.failed; at += CHUNK) {
      await pushChunk(run, messages.slice(at, at + CHUNK));
    }
    from = page.next;
  } while (from !== undefined);
  return passedOver;
}

function withinShare(taken: Map<string, number>, senderId: string): boolean {
  const before = taken.get(senderId) ?? 0;
  taken.set(senderId, before + 1);
  return before < SHARE;
}

interface Page {
  readonly rows: number;
  readonly messages: readonly Message[];
  readonly next: string | undefined;
}

/** One page at a time, whichever lane it is for: reading through a backlog must not take the table from others. */
function readPage(run: Run, shard: number, limit: number, from: string | undefined): Promise<Page> {
  const { store, clock } = run.deps;
  const read = async (): Promise<Page> => {
    const { messageIds, next } = await store.due(shard, clock.now() + LOOK_AHEAD_MS, limit, from);
    // A row is a hint: the message itself decides, read consistently.
    return { rows: messageIds.length, messages: await store.getMany(messageIds), next };
  };
  const page = run.reading.then(read, read);
  run.reading = page;
  return page;
}

function isOver(run: Run): boolean {
  return run.probe.failed || run.deps.clock.monotonic() >= run.endsAt;
}

/**
 * An outage is probed, not hammered: until one message of the run got through, those that need the queue go one
 * at a time, and all others wait for what becomes of it.
 */
async function pushChunk(run: Run, messages: readonly Message[]): Promise<void> {
  const now = run.deps.clock.now();
  const due = messages
    .map((message) => ({ message, action: dueAction(message, now) }))
    .filter((one): one is Due => one.action !== undefined);
  run.examined += due.length;
  await pushAll(
    run,
    due.filter(({ action }) => !needsQueue(action)),
  );
  let [next, ...rest] = due.filter(({ action }) => needsQueue(action));
  while (next && !run.probe.failed) {
    const first = next;
    if (run.probe.passed) return pushAll(run, [first, ...rest]);
    if (await run.probe.alone(() => pushAll(run, [first]))) [next, ...rest] = rest;
  }
}

interface Due {
  readonly message: Message;
  readonly action: DueAction;
}

function needsQueue({ kind }: DueAction): boolean {
  return kind !== "giveUp" && kind !== "awaitLease";
}

async function pushAll(run: Run, due: readonly Due[]): Promise<void> {
  const prepared = await Promise.all(
    due.map(({ message, action }) => guarded(run, message, () => prepare(run, message, action))),
  );
  const entries = prepared.filter((entry): entry is EnqueueEntry => entry !== undefined);
  const results = await enqueueAll(run.deps, entries);
  await Promise.all(
    entries.map(({ message }, index) => guarded(run, message, async () => settle(run, results[index]))),
  );
}

/** One message that the storage refuses must not stop the others; storage that does not answer stops them all. */
async function guarded<T>(run: Run, message: Message, step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    const { messageId, senderId } = message;
    const { correlationId } = run;
    run.deps.observer.log.write("error", "reconcile_failed", { messageId, senderId, correlationId }, error);
    if (error instanceof StorageError && error.retryable) run.probe.fail();
    return undefined;
  }
}

/** The transition that comes before sending. Answers what is then to be sent, if anything. */
async function prepare(run: Run, message: Message, action: DueAction): Promise<EnqueueEntry | undefined> {
  const { deps, correlationId } = run;
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  switch (action.kind) {
    case "giveUp":
      await giveUp(run, message, action.reason);
      return undefined;
    case "awaitLease": {
      const transition = Lifecycle.awaitLease(message, occasion);
      if (transition) await deps.store.apply(message.messageId, transition);
      return undefined;
    }
    case "endLease": {
      const ended = await endLease(deps, message, correlationId);
      if (ended) count(run, "LEASE_EXPIRED");
      if (ended?.status === "FAILED") run.finished += 1;
      return ended?.status === "PENDING" && (ended.dueAt ?? 0) <= deps.clock.now()
        ? toEntry(run, ended)
        : undefined;
    }
    case "orphan": {
      const transition = Lifecycle.orphan(message, occasion);
      const written = transition && (await deps.store.apply(message.messageId, transition));
      if (!written?.applied) return undefined;
      count(run, "ORPHANED");
      return toEntry(run, written.message);
    }
    case "enqueue":
      count(run, message.pendingReason ?? "PENDING");
      return toEntry(run, message);
  }
}

async function toEntry(run: Run, message: Message): Promise<EnqueueEntry | undefined> {
  if (message.status !== "PENDING") return undefined;
  const payload = await run.deps.store.getPayload(message);
  if (payload) return { message, payload, correlationId: run.correlationId };
  // One that was scheduled a moment ahead is due at once: its producer, too, has the time to repeat a call that died.
  if (run.deps.clock.now() >= message.createdAt + run.deps.settings.queueDeadlineMs) {
    await giveUp(run, message, "PAYLOAD_MISSING");
  }
  return undefined;
}

async function settle(run: Run, result: EnqueueResult | undefined): Promise<void> {
  switch (result?.outcome) {
    case "queued":
      run.enqueued += 1;
      run.probe.pass();
      return;
    case "failed":
      // The queue refused this message's own contents: no outage, and no try will ever succeed.
      if (result.error.blames === "copy" && result.rolledBack) {
        run.probe.pass();
        return giveUp(run, result.message, "SEND_REJECTED");
      }
      if (result.error.blames === "unknown" && result.rolledBack)
        return run.probe.doubt(result.message.senderId);
      return run.probe.fail();
    case "unmarked":
      throw result.error;
  }
}

async function giveUp(run: Run, message: Message, reason: FailureReason): Promise<void> {
  const { deps, correlationId } = run;
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  const written = await deps.store.apply(
    message.messageId,
    Lifecycle.giveUp(message, occasion, deps.settings.retentionMs, reason),
  );
  if (!written.applied) return;
  run.finished += 1;
  count(run, reason);
  const { messageId, senderId } = message;
  deps.observer.log.write("error", "gave_up", { messageId, senderId, correlationId, reason });
}

function count(run: Run, reason: string): void {
  run.deps.observer.metrics.add("Reconciled", 1, { reason });
}
