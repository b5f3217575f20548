import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Clock } from "@homing/core/clock";

/** Cuts a stack off from its own queue for a while, so that real sends fail and really are rolled back. */
export interface QueueOutage {
  /** From now on, for so long; an outage that is running ends then, too. */
  begin(durationMs: number): void;
}

/** Every call of this client fails as SQS itself would while an outage lasts. */
export function allowOutages(sqs: SQSClient, clock: Pick<Clock, "monotonic">): QueueOutage {
  let endsAt = 0;
  sqs.middlewareStack.add(
    (next) => async (args) => {
      if (clock.monotonic() >= endsAt) return next(args);
      throw Object.assign(new Error("The queue is cut off for a demonstration."), {
        name: "ServiceUnavailable",
        $fault: "server",
        $metadata: { httpStatusCode: 503 },
      });
    },
    { step: "finalizeRequest", name: "queueOutage", priority: "low" },
  );
  return {
    begin: (durationMs) => {
      endsAt = clock.monotonic() + durationMs;
    },
  };
}
