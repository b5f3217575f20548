/** Lists of messages, newest first: index rows, re-read, filtered. */
import { isRolledBack, LIST_GROUPS, type ListGroup, type Message, type Status } from "../message/message.ts";
import type { ListPosition, MessageStore, PayloadSummary } from "../store/message-store.ts";

export interface ListFilter {
  readonly status?: Status | undefined;
  /** Only messages that were rolled back after a failed send and are not finished. */
  readonly rolledBack?: boolean | undefined;
  readonly senderId?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Host of the target, with its port if it has one of its own, or without. */
  readonly target?: string | undefined;
}

export interface ListedMessage {
  readonly message: Message;
  /** Absent only if the payload was lost. */
  readonly summary: PayloadSummary | undefined;
}

export interface MessagePage {
  readonly items: readonly ListedMessage[];
  /** Where the next page begins; absent at the end. */
  readonly next?: ListPosition;
}

/**
 * Rows read for one page at the most, in steps: a rare status behind a long backlog takes several pages. Most
 * often every row is shown: so the first step reads a page, and one row more to know whether it is the last.
 */
const STEP_ROWS = 100;
const MAX_STEPS = 5;

/** A page may hold fewer than `limit` messages and still have a `next`. */
export async function listMessages(
  store: MessageStore,
  filter: ListFilter,
  limit: number,
  after?: ListPosition,
): Promise<MessagePage> {
  const items: ListedMessage[] = [];
  let position = after;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const stepRows = step === 0 ? limit + 1 : STEP_ROWS;
    const rows = await store.list({
      ...rangeOf(filter),
      limit: stepRows,
      ...(position ? { after: position } : {}),
    });
    const messages = new Map(
      (await store.getMany(rows.map((row) => row.messageId))).map((one) => [one.messageId, one]),
    );
    const matching = rows
      .map((row) => messages.get(row.messageId))
      .filter((message): message is Message => message !== undefined && matches(message, filter));
    // Without a target to compare, only what will be shown needs its summary.
    const wanted = filter.target === undefined ? matching.slice(0, limit - items.length) : matching;
    const summaries = await store.getSummaries(wanted);
    for (const row of rows) {
      const message = matching.find((one) => one.messageId === row.messageId);
      const summary = summaries.get(row.messageId);
      if (message && hasTarget(summary, filter.target)) items.push({ message, summary });
      position = row;
      if (items.length === limit) break;
    }
    const isEnd = rows.length < stepRows && position === rows.at(-1);
    if (isEnd || rows.length === 0) return { items };
    if (items.length === limit) break;
  }
  return { items, ...(position ? { next: position } : {}) };
}

/** Whether a message that was found in another way would be in the list. */
export function isListed({ message, summary }: ListedMessage, filter: ListFilter): boolean {
  const { since = 0, until = Number.MAX_SAFE_INTEGER } = filter;
  const inRange = message.createdAt >= since && message.createdAt < until;
  return inRange && matches(message, filter) && hasTarget(summary, filter.target);
}

function rangeOf({ senderId, since, until, ...filter }: ListFilter) {
  return {
    groups: groupsOf(filter),
    ...(senderId === undefined ? {} : { senderId }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

function groupsOf({ status, rolledBack }: ListFilter): readonly ListGroup[] {
  if (rolledBack) return ["ROLLED_BACK"];
  switch (status) {
    case undefined:
      return LIST_GROUPS;
    case "PENDING":
    case "QUEUED":
    case "PROCESSING":
      return ["OPEN", "ROLLED_BACK"];
    default:
      return [status];
  }
}

function matches(message: Message, { status, rolledBack, senderId }: ListFilter): boolean {
  return (
    (status === undefined || message.status === status) &&
    (!rolledBack || isRolledBack(message)) &&
    (senderId === undefined || message.senderId === senderId)
  );
}

function hasTarget(summary: PayloadSummary | undefined, target: string | undefined): boolean {
  if (target === undefined) return true;
  const url = summary && URL.parse(summary.targetUrl);
  return url != null && (url.host === target || url.hostname === target);
}
