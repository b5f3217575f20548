/** The numbers an operator looks at first. */
import type { Clock } from "../clock.ts";
import { SECOND } from "../duration.ts";
import { isRolledBack, type ListGroup, type Message, STATUSES, type Status } from "../message/message.ts";
import type { MessageQueue, QueueDepth } from "../queue/message-queue.ts";
import type { Settings } from "../settings.ts";
import type { DueRow, ListPosition, MessageStore } from "../store/message-store.ts";
import type { Counters, MinuteCounts } from "./counters.ts";

export interface StatsDependencies {
  readonly store: MessageStore;
  readonly queue: MessageQueue;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly settings: Pick<Settings, "reconcileIntervalMs">;
}

export interface Stats {
  readonly counts: Readonly<Record<Status, number>>;
  /** Rolled back after a failed send, and not finished. */
  readonly rolledBack: number;
  /** Absent while the queue does not answer: it is then that all other numbers are needed most. */
  readonly queue?: QueueDepth;
  readonly deadLetters?: number;
  readonly oldestOverdueSeconds: number;
  /** Names of counts that stopped at the cap. */
  readonly capped: readonly string[];
  /** Names of counts that may be off by a little. */
  readonly approximate: readonly string[];
  readonly perMinute: readonly MinuteCounts[];
}

/** Counting reads every open message: beyond this many it stops and says so. */
export const COUNT_CAP = 10_000;
const PAGE = 500;

/** Of everything, or of one sender's messages. */
export async function stats(deps: StatsDependencies, senderId?: string): Promise<Stats> {
  const [open, finished, perMinute, queue, deadLetters, oldestOverdueSeconds] = await Promise.all([
    countOpen(deps, senderId),
    senderId === undefined ? countKept(deps) : countFinishedOf(deps, senderId),
    senderId === undefined ? deps.counters.perMinute() : perMinuteOf(deps, senderId),
    ifItAnswers(deps.queue.depth()),
    ifItAnswers(deps.queue.deadLetters()),
    oldestOverdue(deps),
  ]);
  return {
    counts: { ...zeroes(), ...open.counts, ...finished.counts },
    rolledBack: open.rolledBack,
    ...(queue === undefined ? {} : { queue }),
    ...(deadLetters === undefined ? {} : { deadLetters }),
    oldestOverdueSeconds,
    capped: [...open.capped, ...finished.capped],
    approximate: ["COMPLETED", "FAILED", "CANCELLED", "perMinute"],
    perMinute,
  };
}

function ifItAnswers<T>(figure: Promise<T>): Promise<T | undefined> {
  return figure.catch(() => undefined);
}

/** Seconds by which the most overdue message is late, two reconciler intervals allowed; 0 if none is. */
export async function oldestOverdue(
  deps: Pick<StatsDependencies, "store" | "clock" | "settings">,
): Promise<number> {
  const now = deps.clock.now();
  const grace = 2 * deps.settings.reconcileIntervalMs;
  const shards = Array.from({ length: deps.store.shards }, (_, shard) =>
    deps.store.due(shard, now - grace, 25),
  );
  const ids = (await Promise.all(shards)).flatMap((page) => page.messageIds);
  if (ids.length === 0) return 0;
  // Rows are hints: one that was finished a moment ago is not overdue.
  const overdue = (await deps.store.getMany(ids)).map((message) => now - grace - (message.dueAt ?? now));
  return Math.max(0, Math.floor(Math.max(...overdue) / SECOND));
}

interface OpenCounts {
  readonly counts: Partial<Record<Status, number>>;
  readonly rolledBack: number;
  readonly capped: readonly string[];
}

async function countOpen(deps: StatsDependencies, senderId?: string): Promise<OpenCounts> {
  const counts = { PENDING: 0, QUEUED: 0, PROCESSING: 0 };
  let rolledBack = 0;
  const seen = await forEachOpen(deps, (message) => {
    if (senderId !== undefined && message.senderId !== senderId) return;
    if (message.status in counts) counts[message.status as keyof typeof counts] += 1;
    if (isRolledBack(message)) rolledBack += 1;
  });
  return { counts, rolledBack, capped: seen.capped ? ["PENDING", "QUEUED", "PROCESSING", "rolledBack"] : [] };
}

async function countKept(deps: StatsDependencies): Promise<Pick<OpenCounts, "counts" | "capped">> {
  const { completed, failed, cancelled, revived } = await deps.counters.kept();
  // Days fall out of the sum one by one: a revival may be left whose failure is not.
  return {
    counts: { COMPLETED: completed, FAILED: Math.max(0, failed - revived), CANCELLED: cancelled },
    capped: [],
  };
}

async function countFinishedOf(
  deps: StatsDependencies,
  senderId: string,
): Promise<Pick<OpenCounts, "counts" | "capped">> {
  const counts = { COMPLETED: 0, FAILED: 0, CANCELLED: 0 };
  const seen = await forEachListed(deps, { groups: [], senderId }, (message) => {
    if (message.status in counts) counts[message.status as keyof typeof counts] += 1;
  });
  return { counts, capped: seen.capped ? Object.keys(counts) : [] };
}

const MINUTES = 60;
const MINUTE_MS = 60 * SECOND;

/** From the sender's messages of the last hour: what happened to older ones in that hour is not seen. */
async function perMinuteOf(deps: StatsDependencies, senderId: string): Promise<MinuteCounts[]> {
  const minutes = lastMinutes(deps.clock.now());
  const byMinute = new Map(minutes.map((one) => [one.minute, one]));
  const add = (at: number | undefined, what: keyof MinuteCounts) => {
    const minute = at === undefined ? undefined : byMinute.get(at - (at % MINUTE_MS));
    if (minute) minute[what] += 1;
  };
  const since = minutes[0]?.minute ?? 0;
  await forEachListed(deps, { groups: [], senderId, since }, (message) => {
    for (const { at, reason, to } of message.history) {
      if (reason === "ACCEPTED") add(at, "accepted");
      else if (reason === "SEND_FAILED") add(at, "rolledBack");
      else if (reason === "RETRY") add(at, "retried");
      else if (to === "COMPLETED") add(at, "completed");
      else if (to === "FAILED") add(at, "failed");
    }
  });
  return minutes;
}

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
    cancelled: 0,
    revived: 0,
  }));
}

interface Listing {
  readonly groups: readonly ListGroup[];
  readonly senderId?: string;
  readonly since?: number;
}

/** Every unfinished message, re-read, page by page, up to the cap. */
async function forEachOpen(
  { store }: StatsDependencies,
  visit: (message: Message) => void,
): Promise<{ capped: boolean }> {
  let after: DueRow | undefined;
  for (let seen = 0; seen < COUNT_CAP; seen += PAGE) {
    const rows = await store.listDue({ limit: PAGE, ...(after ? { after } : {}) });
    for (const message of await store.getMany(rows.map((row) => row.messageId))) visit(message);
    after = rows.at(-1);
    if (rows.length < PAGE) return { capped: false };
  }
  return { capped: true };
}

/** Every listed message, re-read, page by page, up to the cap. */
async function forEachListed(
  deps: StatsDependencies,
  listing: Listing,
  visit: (message: Message) => void,
): Promise<{ capped: boolean }> {
  let after: ListPosition | undefined;
  for (let seen = 0; seen < COUNT_CAP; seen += PAGE) {
    const rows = await deps.store.list({ ...listing, limit: PAGE, ...(after ? { after } : {}) });
    for (const message of await deps.store.getMany(rows.map((row) => row.messageId))) visit(message);
    after = rows.at(-1);
    if (rows.length < PAGE) return { capped: false };
  }
  return { capped: true };
}

function zeroes(): Record<Status, number> {
  return Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
}
