/** Bulk operations and a replay, in the examples of the document. */

export const BULK_EXAMPLES = {
  bulkRetry: {
    status: "FAILED",
    failureReason: "ATTEMPTS_EXHAUSTED",
    responseStatus: 503,
    target: "example.com",
    since: "2026-11-21T00:00:00Z",
    limit: 500,
  },
  bulkRetryAnswer: {
    retried: 498,
    skipped: 2,
    nextCursor:
      "3aqWYFsOdUGevTG0ybYmoDYfmVgk0tmROhCPft9_Y6uDYDGkoQj1l4hGB2MAEJCoHEXRkIwKMyJeWxVJz96S3-z9lwaaZo9kfugTkm1Gvw",
  },
  bulkResolve: { status: "FAILED", target: "gone.example", until: "2026-11-21T00:00:00Z" },
  bulkResolveAnswer: { resolved: 120, skipped: 0 },
  bulkCancel: { status: "PENDING", target: "gone.example", dryRun: true },
  bulkCancelAnswer: { matching: 37, skipped: 0 },
  replay: { include: "missing", since: "2026-11-21T00:00:00Z", eventType: "invoice.paid", limit: 500 },
  replayResult: { replayed: 37, skipped: 0 },
};
