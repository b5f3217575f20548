/** What the API answers of counts, now and over time. */
import * as v from "valibot";
import { attemptEndEntries, count, countsOfStatuses, timestamp, told } from "./fields.ts";

const accepted = told(
  count,
  "Messages that were stored: by calls, also those that could not be queued at once or were withdrawn, and of events.",
);

const minuteSchema = v.object({
  minute: timestamp,
  accepted,
  completed: count,
  failed: count,
  retried: count,
  rolledBack: count,
});

export const statsSchema = v.object({
  counts: told(v.object(countsOfStatuses), "FAILED without those that somebody has resolved."),
  rolledBack: told(count, "Rolled back after a failed send, and neither claimed nor finished since."),
  queue: v.optional(
    told(
      v.object({ visible: count, inFlight: count, delayed: count }),
      "Absent, like deadLetters, of one sender or endpoint, and while the queue does not answer.",
    ),
  ),
  deadLetters: v.optional(count),
  oldestOverdueSeconds: told(count, "How late the message is that is most overdue; 0 if none is."),
  heldUpLanes: told(count, "Ordering keys whose first message has not moved for long, or blocks the others."),
  oldestHeldUpSeconds: told(count, "For how long the longest of them has been; 0 if none is."),
  capped: told(
    v.array(v.string()),
    "What is not all: counts that stopped at 10,000, or of one sender or endpoint at its 1,000 newest messages.",
  ),
  approximate: told(v.array(v.string()), "Counts that may be off by a little."),
  perMinute: told(v.array(minuteSchema), "The last 60 minutes, oldest first."),
  firstAttempt: v.optional(
    told(
      v.object({ p50Ms: count, p95Ms: count }),
      "Of one endpoint: how long first attempts took that succeeded, half of them and 95 of a hundred at most. Absent if none did.",
    ),
  ),
  lastAttempt: v.optional(
    told(
      v.object(attemptEndEntries),
      "Of one endpoint: the latest attempt of these messages that ended, and what was answered. Absent if none has.",
    ),
  ),
});
export type StatsView = v.InferOutput<typeof statsSchema>;

const pointSchema = v.object({
  at: told(timestamp, "Start of the step."),
  accepted,
  completed: count,
  failed: count,
  retried: count,
  rolledBack: count,
});

export const seriesSchema = v.object({
  stepSeconds: told(count, "60 of an hour, 900 of a day, 3,600 of a week."),
  from: told(timestamp, "Where the period begins."),
  points: told(
    v.array(pointSchema),
    "Oldest first, the present step last. Steps of which nothing is known are left out.",
  ),
  basis: v.optional(
    told(
      v.object({
        messages: told(count, "The newest messages that were read, at most 1,000."),
        since: told(timestamp, "They are all that were accepted since then, within the period."),
      }),
      "Of one sender, endpoint or target: of what it is told. Absent of everything, which is counted as it happens.",
    ),
  ),
});
export type SeriesView = v.InferOutput<typeof seriesSchema>;
