/** Counts, and how targets fare, in the examples of the document. */
import { messageId } from "./ids.ts";

export const STATS_EXAMPLES = {
  stats: {
    counts: { PENDING: 1, QUEUED: 3, PROCESSING: 2, COMPLETED: 940, FAILED: 4, CANCELLED: 0 },
    rolledBack: 1,
    queue: { visible: 3, inFlight: 2, delayed: 0 },
    deadLetters: 0,
    oldestOverdueSeconds: 0,
    heldUpLanes: 0,
    oldestHeldUpSeconds: 0,
    capped: [],
    approximate: ["COMPLETED", "FAILED", "CANCELLED", "perMinute"],
    perMinute: [
      {
        minute: "2026-11-22T01:30:00.000Z",
        accepted: 12,
        completed: 11,
        failed: 0,
        retried: 1,
        rolledBack: 0,
      },
    ],
  },
  series: {
    stepSeconds: 900,
    from: "2026-11-21T01:45:00.000Z",
    points: [
      {
        at: "2026-11-22T01:30:00.000Z",
        accepted: 12,
        completed: 11,
        failed: 0,
        retried: 1,
        rolledBack: 0,
      },
    ],
    basis: { messages: 812, since: "2026-11-21T01:45:00.000Z" },
  },
  targetList: {
    items: [
      {
        target: "hooks.example.com",
        health: "FAILING",
        failingSince: "2026-11-22T01:12:07.000Z",
        failures: 14,
        lastAttempt: {
          at: "2026-11-22T01:29:40.000Z",
          outcome: "FAILED",
          messageId,
          responseStatus: 503,
        },
        attempts: { succeeded: 120, failed: 14 },
        successRate: 0.8955,
        firstAttempt: { p50Ms: 84, p95Ms: 410 },
        messages: 126,
        failed: 2,
        retrying: 4,
      },
    ],
    omitted: 0,
    basis: {
      messages: 1_000,
      since: "2026-11-22T00:48:10.000Z",
      failed: 12,
      retrying: 3,
      capped: ["messages"],
    },
  },
};
