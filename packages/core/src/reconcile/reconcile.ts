/**
 * The reconciler: recovery plan and scheduler in one. It reads what is due, shard by shard, and gives each
 * message the push it needs. Two runs at once do no harm, because every step is a guarded transition.
 */

import { SECOND } from "../duration.ts";
import { OPERATIONS_SENDER } from "../endpoint/announcement.ts";
import { EVENT_ID } from "../event/event-id.ts";
import type { Message } from "../message/message.ts";
import { announce } from "./announce.ts";
import { drainDue, RELEASES_PER_RUN } from "./drain.ts";
import { isToJoin, type Subject } from "./due.ts";
import { LOOK_AHEAD_MS } from "./due-action.ts";
import { settleDueLanes } from "./due-lanes.ts";
import { heldAction } from "./held-action.ts";
import { inTurns } from "./in-turns.ts";
import { joinDue } from "./join-due.ts";
import type { LaneRun } from "./lane-run.ts";
import { partition } from "./partition.ts";
import { Probe } from "./probe.ts";
import { CHUNK, pushChunk, pushDue, sendProbed } from "./push.ts";
import { count, giveUp, guarded, isOver, type ReconcileDependencies, type Run } from "./run.ts";

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

/** One that fails ends the run for all. */
function endingAll(run: Run, part: Promise<void>): Promise<void> {
  return part.catch((error: unknown) => {
    run.probe.fail();
    throw error;
  });
}

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
