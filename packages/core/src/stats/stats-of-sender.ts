/**
 * One sender's numbers, of nothing but its own messages: they hold whatever the backlog of others, say nothing about
 * those, and cost the same. Counting is reading, so it ends after its newest messages.
 */
import { heldUp } from "../lane/held-up.ts";
import { isRolledBack, type Message, STATUSES, type Status } from "../message/message.ts";
import type { ListQuery } from "../store/message-store.ts";
import type { MinuteCounts, Told } from "./counters.ts";
import {
  APPROXIMATE,
  lastMinutes,
  MINUTE_MS,
  overdueSeconds,
  type Stats,
  type StatsDependencies,
} from "./stats.ts";

/** A thousand messages are a thousand read units. */
export const SENDER_COUNT_CAP = 1_000;

/**
 * Counts a sender's newest messages. If it has more, `capped` names every number that older ones may add to.
 * Failures are what a sender looks for: of a sender with more messages they are counted apart, as many again.
 */
export async function statsOfSender(
  deps: Pick<StatsDependencies, "store" | "lanes" | "clock" | "settings">,
  senderId: string,
): Promise<Stats> {
  const now = deps.clock.now();
  const newest = await readNewest(deps, { senderId });
  const failed = newest.isAll
    ? undefined
    : await readNewest(deps, { senderId, failed: true, resolved: false });
  const still = await heldUp(deps, SENDER_COUNT_CAP, senderId);
  const counts = countByStatus(newest.messages);
  return {
    counts: failed ? { ...counts, FAILED: failed.messages.length } : counts,
    rolledBack: newest.messages.filter(isRolledBack).length,
    oldestOverdueSeconds: overdueSeconds(newest.messages, now, deps.settings),
    heldUpLanes: still.lanes,
    oldestHeldUpSeconds: still.oldestSeconds,
    capped: [
      ...(newest.isAll ? [] : STATUSES.filter((status) => status !== "FAILED")),
      ...(failed && !failed.isAll ? ["FAILED"] : []),
      ...(newest.isAll ? [] : ["rolledBack", "oldestOverdueSeconds", "perMinute"]),
      ...(still.capped ? ["heldUpLanes", "oldestHeldUpSeconds"] : []),
    ],
    approximate: APPROXIMATE,
    perMinute: countByMinute(newest.messages, now),
  };
}

interface Newest {
  readonly messages: readonly Message[];
  /** There are no others. */
  readonly isAll: boolean;
}

async function readNewest(
  { store }: Pick<StatsDependencies, "store">,
  which: Pick<ListQuery, "senderId" | "failed" | "resolved">,
): Promise<Newest> {
  const rows = await store.list({ ...which, groups: [], limit: SENDER_COUNT_CAP + 1 });
  const read = await store.getMany(rows.slice(0, SENDER_COUNT_CAP).map(({ messageId }) => messageId));
  // Rows are hints: one may have been retried or resolved a moment ago.
  const messages = which.failed ? read.filter(isOpenFailure) : read;
  return { messages, isAll: rows.length <= SENDER_COUNT_CAP };
}

export function countByStatus(messages: readonly Message[]): Record<Status, number> {
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  for (const message of messages)
    if (message.status !== "FAILED" || isOpenFailure(message)) counts[message.status] += 1;
  return counts;
}

/** FAILED, and nobody has resolved it. */
export function isOpenFailure({ status, resolvedAt }: Message): boolean {
  return status === "FAILED" && resolvedAt === undefined;
}

export function countByMinute(messages: readonly Message[], now: number): readonly MinuteCounts[] {
  const minutes = lastMinutes(now);
  countInto(new Map(minutes.map((one) => [one.minute, one])), messages, MINUTE_MS);
  return minutes;
}

/** What has happened to these messages, as their histories tell it, by the start of the step in which it did. */
export function countInto(
  steps: ReadonlyMap<number, Record<Told, number>>,
  messages: readonly Message[],
  stepMs: number,
): void {
  for (const { at, from, reason, to } of messages.flatMap(({ history }) => history)) {
    const step = steps.get(at - (at % stepMs));
    if (!step) continue;
    if (from === null) step.accepted += 1;
    else if (reason === "SEND_FAILED") step.rolledBack += 1;
    else if (reason === "RETRY") step.retried += 1;
    else if (to === "COMPLETED") step.completed += 1;
    // Skipped or resolved, it fails no second time.
    else if (to === "FAILED" && from !== "FAILED") step.failed += 1;
  }
}
