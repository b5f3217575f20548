/** The numbers an operator looks at first. */
import type { Clock } from "../clock.ts";
import { SECOND } from "../duration.ts";
import { EVENT_ID } from "../event/event-id.ts";
import type { EventStore } from "../event/event-store.ts";
import { heldUp } from "../lane/held-up.ts";
import type { LaneStore } from "../lane/lane-store.ts";
import { isRolledBack, type Message, type Status } from "../message/message.ts";
import { MESSAGE_ID } from "../message/message-id.ts";
import type { MessageQueue, QueueDepth } from "../queue/message-queue.ts";
import type { Settings } from "../settings.ts";
import type { DueRow, MessageStore } from "../store/message-store.ts";
import type { AttemptEnd } from "./attempt-ends.ts";
import type { Counters, MinuteCounts } from "./counters.ts";
import type { Durations } from "./first-attempts.ts";

export interface StatsDependencies {
  readonly store: MessageStore;
  readonly events: Pick<EventStore, "getMany">;
  readonly lanes: Pick<LaneStore, "list" | "due" | "getMany">;
  readonly queue: MessageQueue;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly settings: Pick<Settings, "reconcileIntervalMs">;
}

export interface Stats {
  /** FAILED without those that somebody has resolved. */
  readonly counts: Readonly<Record<Status, number>>;
  /** Rolled back after a failed send, and neither claimed nor finished since. */
  readonly rolledBack: number;
  /**
   * Absent while the queue does not answer: it is then that all other numbers are needed most. Absent too where one
   * sender's numbers are told: all senders share the queue.
   */
  readonly queue?: QueueDepth;
  readonly deadLetters?: number;
  readonly oldestOverdueSeconds: number;
  /** Lanes that stand still: their first message has not moved for long, or blocks those behind it. */
  readonly heldUpLanes: number;
  readonly oldestHeldUpSeconds: number;
  /** Names of counts that stopped at a cap, and of what follows from those. */
  readonly capped: readonly string[];
  /** Names of counts that may be off by a little. */
  readonly approximate: readonly string[];
  readonly perMinute: readonly MinuteCounts[];
  /** Of one endpoint: how long first attempts took that succeeded, half of them and 95 of a hundred at most. */
  readonly firstAttempt?: Durations;
  /** Of one endpoint: the latest attempt of these messages that ended. */
  readonly lastAttempt?: AttemptEnd;
}

/** Counting reads every open message: beyond this many it stops and says so. */
export const COUNT_CAP = 10_000;
const PAGE = 500;

export const APPROXIMATE = ["COMPLETED", "FAILED", "CANCELLED", "perMinute"] as const;

/** Of everything. One sender's own are `statsOfSender`. */
export async function stats(deps: StatsDependencies): Promise<Stats> {
  const [open, finished, perMinute, queue, deadLetters, oldestOverdueSeconds, still] = await Promise.all([
    countOpen(deps),
    countKept(deps),
    deps.counters.perMinute(),
    ifItAnswers(deps.queue.depth()),
    ifItAnswers(deps.queue.deadLetters()),
    oldestOverdue(deps),
    heldUp(deps, COUNT_CAP),
  ]);
  return {
    counts: { ...open.counts, ...finished },
    rolledBack: open.rolledBack,
    ...(queue === undefined ? {} : { queue }),
    ...(deadLetters === undefined ? {} : { deadLetters }),
    oldestOverdueSeconds,
    heldUpLanes: still.lanes,
    oldestHeldUpSeconds: still.oldestSeconds,
    capped: [...open.capped, ...(still.capped ? ["heldUpLanes"] : [])],
    approximate: APPROXIMATE,
    perMinute,
  };
}

function ifItAnswers<T>(figure: Promise<T>): Promise<T | undefined> {
  return figure.catch(() => undefined);
}

type OverdueSettings = Pick<Settings, "reconcileIntervalMs">;

/** Seconds by which the most overdue message, event or lane is late, two reconciler intervals allowed; 0 if none is. */
export async function oldestOverdue(
  deps: Pick<StatsDependencies, "store" | "events" | "lanes" | "clock" | "settings">,
): Promise<number> {
  const now = deps.clock.now();
  const until = now - graceMs(deps.settings);
  const shards = Array.from({ length: deps.store.shards }, (_, shard) => shard);
  const [pages, lanePages] = await Promise.all([
    Promise.all(shards.map((shard) => deps.store.due(shard, until, 25))),
    Promise.all(shards.map((shard) => deps.lanes.due(shard, until, 25))),
  ]);
  const ids = pages.flatMap((page) => page.ids);
  const laneIds = lanePages.flatMap((page) => page.laneIds);
  // Rows are hints: one that was finished a moment ago is not overdue.
  const read = <T>(pattern: RegExp, getMany: (ids: string[]) => Promise<readonly T[]>) => {
    const own = ids.filter((id) => pattern.test(id));
    return own.length === 0 ? [] : getMany(own);
  };
  const [messages, events, lanes] = await Promise.all([
    read(MESSAGE_ID, (own) => deps.store.getMany(own)),
    read(EVENT_ID, (own) => deps.events.getMany(own)),
    laneIds.length === 0 ? [] : deps.lanes.getMany(laneIds),
  ]);
  return overdueSeconds([...messages, ...events, ...lanes], now, deps.settings);
}

/** The same among these messages. */
export function overdueSeconds(
  unfinished: ReadonlyArray<Pick<Message, "dueAt">>,
  now: number,
  settings: OverdueSettings,
): number {
  const late = unfinished.map(({ dueAt = now }) => now - graceMs(settings) - dueAt);
  return Math.max(0, Math.floor(late.reduce((most, one) => Math.max(most, one), 0) / SECOND));
}

function graceMs({ reconcileIntervalMs }: OverdueSettings): number {
  return 2 * reconcileIntervalMs;
}

type OpenStatus = "PENDING" | "QUEUED" | "PROCESSING";
type FinishedStatus = Exclude<Status, OpenStatus>;

interface OpenCounts {
  readonly counts: Readonly<Record<OpenStatus, number>>;
  readonly rolledBack: number;
  readonly capped: readonly string[];
}

/** Every unfinished message, re-read, page by page, up to the cap. */
async function countOpen({ store }: StatsDependencies): Promise<OpenCounts> {
  const counts = { PENDING: 0, QUEUED: 0, PROCESSING: 0 };
  let rolledBack = 0;
  let after: DueRow | undefined;
  for (let seen = 0; seen < COUNT_CAP; seen += PAGE) {
    const rows = await store.listDue({ limit: PAGE, ...(after ? { after } : {}) });
    for (const message of await store.getMany(rows.map((row) => row.messageId))) {
      if (message.status in counts) counts[message.status as OpenStatus] += 1;
      if (isRolledBack(message)) rolledBack += 1;
    }
    after = rows.at(-1);
    if (rows.length < PAGE) return { counts, rolledBack, capped: [] };
  }
  return { counts, rolledBack, capped: [...Object.keys(counts), "rolledBack"] };
}

async function countKept(deps: StatsDependencies): Promise<Record<FinishedStatus, number>> {
  const { completed, failed, cancelled, revived, resolved } = await deps.counters.kept();
  // Days fall out of the sum one by one: a revival may be left whose failure is not.
  return { COMPLETED: completed, FAILED: Math.max(0, failed - revived - resolved), CANCELLED: cancelled };
}

/** Counted for the sums of days alone. */
const NEVER_TOLD = { cancelled: 0, revived: 0, resolved: 0 };
const MINUTES = 60;
export const MINUTE_MS = 60 * SECOND;

/** The 60 minutes up to the present one, all zero, oldest first. */
export function lastMinutes(now: number): Array<{ -readonly [Name in keyof MinuteCounts]: number }> {
  const present = now - (now % MINUTE_MS);
  return Array.from({ length: MINUTES }, (_, index) => ({
    minute: present - (MINUTES - 1 - index) * MINUTE_MS,
    accepted: 0,
    completed: 0,
    failed: 0,
    retried: 0,
    rolledBack: 0,
    ...NEVER_TOLD,
  }));
}
