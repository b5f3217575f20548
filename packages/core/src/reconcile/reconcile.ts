/**
 * The reconciler: recovery plan and scheduler in one. It reads what is due, shard by shard, and gives each
 * message the push it needs. Two runs at once do no harm, because every step is a guarded transition.
 */

import { type EndLeaseDependencies, endLease } from "../delivery/end-lease.ts";
import { type ContentsDependencies, readContents } from "../delivery/read-contents.ts";
import { SECOND } from "../duration.ts";
import { OPERATIONS_SENDER } from "../endpoint/announcement.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import { type EventAction, eventAction } from "../event/due-event.ts";
import type { Event } from "../event/event.ts";
import { EVENT_ID } from "../event/event-id.ts";
import { type PushEventDependencies, pushEvent } from "../event/push-event.ts";
import { nudgeBehind } from "../lane/advance.ts";
import type { LaneDependencies } from "../lane/head.ts";
import * as DeliveryLifecycle from "../message/delivery-lifecycle.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import { type FailureReason, isDelivery, type Message } from "../message/message.ts";
import { type EnqueueEntry, type EnqueueResult, enqueueAll } from "../send/enqueue.ts";
import * as GiveUp from "../send/give-up.ts";
import { NewerFormatError, StorageError } from "../store/message-store.ts";
import { type AnnounceDependencies, announce } from "./announce.ts";
import { type DrainDependencies, drainDue, RELEASES_PER_RUN } from "./drain.ts";
import { type DueAction, dueAction, LOOK_AHEAD_MS } from "./due-action.ts";
import { settleDueLanes } from "./due-lanes.ts";
import { type HeldAction, heldAction } from "./held-action.ts";
import { inTurns } from "./in-turns.ts";
import { joinDue } from "./join-due.ts";
import type { LaneRun, OfWhom } from "./lane-run.ts";
import { Probe } from "./probe.ts";

export type ReconcileDependencies = PushEventDependencies &
  AnnounceDependencies &
  LaneDependencies &
  Omit<ContentsDependencies, "store" | "events"> &
  EndLeaseDependencies &
  Pick<DrainDependencies, "endpoints"> & {
    readonly settings: AnnounceDependencies["settings"] &
      LaneDependencies["settings"] &
      EndLeaseDependencies["settings"];
  };

export interface RunLimits {
  /** No new page is begun after this long. */
  readonly timeMs: number;
  /** Messages looked at, and as many lanes, over all groups. */
  readonly messages: number;
  /** Shard groups that run side by side; 0: what is due is another run's. */
  readonly groups: number;
  /** Of what was held for one endpoint, that are released or ended; 0: that is another run's. */
  readonly perEndpoint?: number;
}

export const DEFAULT_RUN_LIMITS: RunLimits = { timeMs: 45 * SECOND, messages: 50_000, groups: 4 };

export interface RunSummary {
  readonly examined: number;
  readonly enqueued: number;
  readonly finished: number;
  /** The queue or the storage did not take what was sent: the run ended early and left the rest overdue. */
  readonly interrupted: boolean;
  /** An endpoint has held more than it was given: the next run gives it more. */
  readonly holdsMore: boolean;
}

/** Messages of one page are pushed this many at a time: one batch of the queue. */
const CHUNK = 10;
const PAGE = 100;
/** Of one sender in one group, before the others have had theirs. */
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
    holdsMore: false,
  };
  const groups = Array.from({ length: limits.groups }, (_, group) => group);
  const parts = [...groups.flatMap((group) => runGroup(run, group, limits)), drainEndpoints(run, limits)];
  const settled = await Promise.allSettled(parts.map((part) => endingAll(run, part)));
  const failed = settled.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  const { examined, enqueued, finished, holdsMore, probe } = run;
  const summary = { examined, enqueued, finished, interrupted: probe.failed, holdsMore };
  if (examined > 0)
    deps.observer.log.write(probe.failed ? "warn" : "info", "reconciled", { ...summary, correlationId });
  return summary;
}

interface Run {
  readonly deps: ReconcileDependencies;
  readonly correlationId: string;
  readonly probe: Probe;
  readonly endsAt: number;
  /** The latest page that a group has begun to read. */
  reading: Promise<unknown>;
  examined: number;
  enqueued: number;
  finished: number;
  holdsMore: boolean;
}

/** Beside the groups: what was held must not stand behind a backlog, nor the backlog behind it. */
async function drainEndpoints(
  run: Run,
  { messages, perEndpoint = RELEASES_PER_RUN }: RunLimits,
): Promise<void> {
  if (perEndpoint === 0) return;
  const { deps, correlationId } = run;
  let left = messages;
  run.holdsMore = await drainDue({
    deps,
    correlationId,
    perEndpoint,
    isOver: () => left <= 0 || isOver(run),
    guarded: (endpoint, step) => guarded(run, endpoint, step),
    announce: async (endpoint) => {
      if (!(await announce(deps, endpoint, correlationId))) run.probe.doubt(OPERATIONS_SENDER);
    },
    push: async (held, endpoint) => {
      left -= held.length;
      for (let at = 0; at < held.length && !run.probe.failed; at += CHUNK) {
        const now = deps.clock.now();
        const due = held
          .slice(at, at + CHUNK)
          .map((message) => ({ message, action: heldAction(message, endpoint, now) }));
        await pushDue(run, due);
      }
    },
  });
}

/** Messages and lanes of some shards: neither waits for the other, a backlog must not hold up what moves lanes. */
function runGroup(run: Run, group: number, limits: RunLimits): Array<Promise<void>> {
  // A share of its own for each group, so that none can use up what the others need.
  const share = Math.max(1, Math.floor(limits.messages / limits.groups));
  const shards = Array.from({ length: run.deps.store.shards }, (_, shard) => shard).filter(
    (shard) => shard % limits.groups === group,
  );
  return [runMessages(run, shards, share), settleDueLanes(laneRunOf(run), shards, share)];
}

/** One that fails ends the run for all. */
function endingAll(run: Run, part: Promise<void>): Promise<void> {
  return part.catch((error: unknown) => {
    run.probe.fail();
    throw error;
  });
}

/**
 * Two passes over what is due: in the first each sender is given its share, in the second those who have more. So
 * before a message at most a share of each other sender's goes ahead in its group, however many of them were due
 * before it, up to `ROWS_AHEAD` in its shard: the index does not know senders, and has to be read through.
 */
async function runMessages(run: Run, shards: readonly number[], share: number): Promise<void> {
  const bound = { messagesLeft: share };
  const sent = new Map<string, number>();
  let passedOver = 0;
  for (const shard of shards) passedOver += await runShard(run, shard, bound, sent);
  if (passedOver === 0) return;
  for (const shard of shards) await runShard(run, shard, bound);
}

/** The run, as those see it who look after lanes. */
function laneRunOf(run: Run): LaneRun {
  return {
    deps: run.deps,
    correlationId: run.correlationId,
    isOver: () => isOver(run),
    examined: (count) => {
      run.examined += count;
    },
    count: (reason) => count(run, reason),
    guarded: (ofWhom, step) => guarded(run, ofWhom, step),
    send: (entry) => sendProbed(run, entry),
    giveUp: (message, reason) => giveUp(run, message, reason),
  };
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
    const own = taken ? page.subjects.filter(({ senderId }) => withinShare(taken, senderId)) : page.subjects;
    passedOver += page.subjects.length - own.length;
    bound.messagesLeft -= page.rows - (page.subjects.length - own.length);
    const [joining, others] = partition(own, (subject) => isToJoin(subject, run.deps.clock.now()));
    await joinDue(laneRunOf(run), joining as Message[]);
    const subjects = inTurns(others);
    for (let at = 0; at < subjects.length && !run.probe.failed; at += CHUNK) {
      await pushChunk(run, subjects.slice(at, at + CHUNK));
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

/** What can be due. */
type Subject = Message | Event;

interface Page {
  readonly rows: number;
  readonly subjects: readonly Subject[];
  readonly next: string | undefined;
}

/** One page at a time, whichever group it is for: reading through a backlog must not take the table from others. */
function readPage(run: Run, shard: number, limit: number, from: string | undefined): Promise<Page> {
  const { store, events, clock } = run.deps;
  const read = async (): Promise<Page> => {
    const { ids, next } = await store.due(shard, clock.now() + LOOK_AHEAD_MS, limit, from);
    const [eventIds, messageIds] = partition(ids, (id) => EVENT_ID.test(id));
    // A row is a hint: the message or the event itself decides, read consistently.
    const [messages, found] = await Promise.all([
      store.getMany(messageIds),
      eventIds.length === 0 ? [] : events.getMany(eventIds),
    ]);
    return { rows: ids.length, subjects: [...found, ...messages], next };
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
async function pushChunk(run: Run, subjects: readonly Subject[]): Promise<void> {
  const now = run.deps.clock.now();
  await pushDue(
    run,
    await lookAtEndpoints(
      run,
      subjects.flatMap((subject) => dueOf(subject, now) ?? []),
    ),
  );
}

async function pushDue(run: Run, due: readonly Due[]): Promise<void> {
  run.examined += due.length;
  await pushAll(
    run,
    due.filter((one) => !needsQueue(one)),
  );
  let [next, ...rest] = due.filter(needsQueue);
  while (next && !run.probe.failed) {
    const first = next;
    if (run.probe.passed) return pushAll(run, [first, ...rest]);
    if (await run.probe.alone(() => pushAll(run, [first]))) [next, ...rest] = rest;
  }
}

type Due = DueMessage | DueEvent;

interface DueMessage {
  readonly message: Message;
  readonly action: DueAction | HeldAction;
}

interface DueEvent {
  readonly event: Event;
  readonly action: EventAction;
}

function dueOf(subject: Subject, now: number): Due | undefined {
  if ("matched" in subject) {
    const action = eventAction(subject, now);
    return action && { event: subject, action };
  }
  const action = dueAction(subject, now);
  return action && { message: subject, action };
}

/** Held ones that are due: what their endpoints ask for now. */
async function lookAtEndpoints(run: Run, due: readonly Due[]): Promise<readonly Due[]> {
  const looked = await Promise.all(
    due.map((one) => {
      if ("event" in one || one.action.kind !== "lookAtEndpoint") return one;
      const { message } = one;
      return guarded(run, message, async () => {
        const endpoint = isDelivery(message) ? await run.deps.endpointReader.read(message) : undefined;
        return { message, action: heldAction(message, endpoint, run.deps.clock.now()) };
      });
    }),
  );
  return looked.filter((one) => one !== undefined);
}

function isToJoin(subject: Subject, now: number): boolean {
  return !("matched" in subject) && dueAction(subject, now)?.kind === "join";
}

function needsQueue(due: Due): boolean {
  if ("event" in due) return due.action !== "giveUp";
  switch (due.action.kind) {
    case "enqueue":
    case "orphan":
    case "endLease":
    case "release":
      return true;
    default:
      return false;
  }
}

/** Sends one, alone while nothing has got through yet; not at all if anything has failed. */
async function sendProbed(run: Run, entry: EnqueueEntry): Promise<void> {
  const send = () => sendAll(run, [entry]);
  while (!run.probe.failed) {
    if (run.probe.passed) return send();
    if (await run.probe.alone(send)) return;
  }
}

async function pushAll(run: Run, due: readonly Due[]): Promise<void> {
  const [events, messages] = partition(due, (one) => "event" in one) as [DueEvent[], DueMessage[]];
  await Promise.all([pushMessages(run, messages), ...events.map((one) => pushDueEvent(run, one))]);
}

async function pushMessages(run: Run, due: readonly DueMessage[]): Promise<void> {
  const prepared = await Promise.all(
    due.map(({ message, action }) => guarded(run, message, () => prepare(run, message, action))),
  );
  await sendAll(
    run,
    prepared.filter((entry): entry is EnqueueEntry => entry !== undefined),
  );
}

async function sendAll(run: Run, entries: readonly EnqueueEntry[]): Promise<void> {
  const results = await enqueueAll(run.deps, entries);
  await Promise.all(
    entries.map(({ message }, index) => guarded(run, message, async () => settle(run, results[index]))),
  );
}

async function pushDueEvent(run: Run, { event, action }: DueEvent): Promise<void> {
  const { deps, correlationId } = run;
  const pushed = await guarded(run, event, () =>
    pushEvent(deps, event, action, { correlationId, by: "reconciler" }),
  );
  if (pushed === undefined) return;
  count(run, "EVENT_PENDING");
  if (pushed.slicesSent === true) run.probe.pass();
  if (pushed.slicesSent === false) run.probe.fail();
  await Promise.all(pushed.results.map((result) => guarded(run, event, async () => settle(run, result))));
}

/** One that the storage refuses must not stop the others; storage that does not answer stops them all. */
async function guarded<T>(
  run: Run,
  { messageId, eventId, endpointId, lane, senderId }: OfWhom,
  step: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    const { correlationId } = run;
    const fields = { messageId, eventId, endpointId, lane, senderId, correlationId };
    run.deps.observer.log.write("error", "reconcile_failed", fields, error);
    const isOutage = error instanceof StorageError && error.retryable && !(error instanceof NewerFormatError);
    if (isOutage) run.probe.fail();
    return undefined;
  }
}

/** The transition that comes before sending. Answers what is then to be sent, if anything. */
async function prepare(
  run: Run,
  message: Message,
  action: DueMessage["action"],
): Promise<EnqueueEntry | undefined> {
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
      if (ended?.status === "FAILED") {
        run.finished += 1;
        await nudgeBehind(deps, ended, { by: "leaseOver", correlationId });
      }
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
    case "join":
      // Its turn is given to it by whoever looks after its lane.
      return undefined;
    case "enqueue":
      count(run, message.pendingReason ?? "PENDING");
      return toEntry(run, message);
    case "release":
      count(run, "ENDPOINT_PAUSED");
      // Known from just now: a worker that goes by what the reader remembers would hold it again.
      return toEntry(run, message, action.endpoint);
    case "holdOn":
      await deps.store.apply(message.messageId, DeliveryLifecycle.holdOn(message, occasion));
      return undefined;
    case "failDisabled":
    case "cancelDeleted":
      await endHeld(run, message, action.kind, occasion);
      return undefined;
    case "lookAtEndpoint":
      throw new Error("What the endpoint asks for is known by now.");
  }
}

/** Its endpoint gets nothing any more. */
async function endHeld(
  run: Run,
  message: Message,
  kind: "failDisabled" | "cancelDeleted",
  occasion: Lifecycle.Occasion,
): Promise<void> {
  if (!isDelivery(message)) return;
  const { retentionMs } = run.deps.settings;
  const transition =
    kind === "failDisabled"
      ? DeliveryLifecycle.failDisabled(message, message, occasion, retentionMs)
      : DeliveryLifecycle.cancelDeleted(message, occasion, retentionMs);
  const { applied } = await run.deps.store.apply(message.messageId, transition);
  if (!applied) return;
  run.finished += 1;
  count(run, kind === "failDisabled" ? "ENDPOINT_DISABLED" : "ENDPOINT_DELETED");
}

async function toEntry(
  run: Run,
  message: Message,
  endpoint?: KnownEndpoint,
): Promise<EnqueueEntry | undefined> {
  if (message.status !== "PENDING") return undefined;
  const contents = await readContents(run.deps, message, endpoint);
  if (contents) return { message, contents, correlationId: run.correlationId };
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
  const written = await GiveUp.giveUp(deps, message, reason, correlationId);
  if (!written.applied) return;
  run.finished += 1;
  count(run, reason);
  // Whose turn it is then has to be sent: the lane is due, and goes the way of all that needs the queue.
  await nudgeBehind(deps, written.message, { by: "giveUp", correlationId });
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

function count(run: Run, reason: string): void {
  run.deps.observer.metrics.add("Reconciled", 1, { reason });
}
