/** One endpoint's numbers: of nothing but what its newest deliveries have come to. */
import { DAY } from "../duration.ts";
import { isRolledBack, STATUSES } from "../message/message.ts";
import { attemptEndsOf } from "./attempt-ends.ts";
import { firstAttemptsOf } from "./first-attempts.ts";
import { APPROXIMATE, overdueSeconds, type Stats, type StatsDependencies } from "./stats.ts";
import { countByMinute, countByStatus, SENDER_COUNT_CAP } from "./stats-of-sender.ts";

const COUNTED_MS = DAY;

/**
 * Counts the deliveries of a day's events to the endpoint, the newest of them if there are more: `capped` names every
 * number that the others may add to. With a sender, nothing of an endpoint that is another's.
 */
export async function statsOfEndpoint(
  { store, clock, settings }: Pick<StatsDependencies, "store" | "clock" | "settings">,
  endpointId: string,
  senderId: string | undefined,
): Promise<Stats> {
  const now = clock.now();
  const rows = await store.list({
    endpointId,
    groups: [],
    since: now - COUNTED_MS,
    limit: SENDER_COUNT_CAP + 1,
  });
  const read = await store.getMany(rows.slice(0, SENDER_COUNT_CAP).map(({ messageId }) => messageId));
  const messages = read.filter((message) => senderId === undefined || message.senderId === senderId);
  const isAll = rows.length <= SENDER_COUNT_CAP;
  const firstAttempt = firstAttemptsOf(messages);
  const [lastAttempt] = attemptEndsOf(messages);
  return {
    counts: countByStatus(messages),
    rolledBack: messages.filter(isRolledBack).length,
    oldestOverdueSeconds: overdueSeconds(messages, now, settings),
    // What goes to endpoints has no order to keep.
    heldUpLanes: 0,
    oldestHeldUpSeconds: 0,
    capped: isAll ? [] : [...STATUSES, "rolledBack", "oldestOverdueSeconds", "perMinute"],
    approximate: APPROXIMATE,
    perMinute: countByMinute(messages, now),
    ...(firstAttempt === undefined ? {} : { firstAttempt }),
    ...(lastAttempt === undefined ? {} : { lastAttempt }),
  };
}
