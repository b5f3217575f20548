/** What waits for its time, whatever carries it: the table (PENDING) or the queue, as a delayed copy (QUEUED). */
import type { ListQuery, MessageItem, MessagePage } from "../api/types.ts";
import { splitTarget } from "../messages/split-target.ts";
import { waitOf } from "../ui/status.ts";

/** Counting is listing: beyond this many the exact number matters less than what the lists cost. */
export const WAITING_PAGES = 5;
const PAGE = 100;
/** A first failure that is made good within a minute is nothing to talk about. */
const ORDINARY_WAIT_MS = 60_000;

export interface Waiting {
  /** For another attempt. */
  readonly retries: number;
  /** Of these: because of a target that failed more than once, or that is given more than a minute. */
  readonly inTrouble: number;
  readonly scheduled: number;
  /** Waiting messages that the queue carries. */
  readonly inQueue: number;
  /** Targets in trouble, those with most messages first. */
  readonly hosts: readonly { readonly host: string; readonly count: number }[];
  /** When the first of the messages in trouble is tried again. */
  readonly nextAt?: string;
  /** There are more messages than were looked at. */
  readonly isCapped: boolean;
}

export const NOTHING_WAITS: Waiting = {
  retries: 0,
  inTrouble: 0,
  scheduled: 0,
  inQueue: 0,
  hosts: [],
  isCapped: false,
};

type FetchPage = (query: ListQuery, signal: AbortSignal) => Promise<MessagePage>;

/** Looks through the first pages of what is PENDING and QUEUED. */
export async function countWaiting(
  fetchPage: FetchPage,
  now: () => number,
  signal: AbortSignal,
): Promise<Waiting> {
  const [pending, queued] = await Promise.all(
    (["PENDING", "QUEUED"] as const).map((status) => firstPages(fetchPage, status, signal)),
  );
  return {
    ...summarize([...(pending?.items ?? []), ...(queued?.items ?? [])], now()),
    isCapped: pending?.hasMore === true || queued?.hasMore === true,
  };
}

async function firstPages(fetchPage: FetchPage, status: "PENDING" | "QUEUED", signal: AbortSignal) {
  const items: MessageItem[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < WAITING_PAGES; page += 1) {
    const query: ListQuery = { status, limit: String(PAGE), ...(cursor ? { cursor } : {}) };
    const answer = await fetchPage(query, signal);
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (cursor === undefined) break;
  }
  return { items, hasMore: cursor !== undefined };
}

function summarize(items: readonly MessageItem[], now: number): Omit<Waiting, "isCapped"> {
  const waiting = items.flatMap((item) => {
    const kind = waitOf(item, now);
    return kind === undefined ? [] : [{ item, kind }];
  });
  const retries = waiting.filter(({ kind }) => kind === "RETRY").map(({ item }) => item);
  const inTrouble = retries.filter(({ attemptCount, nextAttemptAt = "" }) => {
    return attemptCount > 1 || Date.parse(nextAttemptAt) - now > ORDINARY_WAIT_MS;
  });
  const nextAt = inTrouble.map(({ nextAttemptAt }) => nextAttemptAt).sort()[0];
  return {
    retries: retries.length,
    inTrouble: inTrouble.length,
    scheduled: waiting.length - retries.length,
    inQueue: waiting.filter(({ item }) => item.status === "QUEUED").length,
    hosts: hostsOf(inTrouble),
    ...(nextAt ? { nextAt } : {}),
  };
}

function hostsOf(items: readonly MessageItem[]): Waiting["hosts"] {
  const counts = new Map<string, number>();
  for (const { targetUrl } of items) {
    const { host } = splitTarget(targetUrl);
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return [...counts].map(([host, count]) => ({ host, count })).sort((a, b) => b.count - a.count);
}
