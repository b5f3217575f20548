/** Asks workers to expand an event. Expand copies are sent as those of messages are: classified, retried, judged alone. */

import type { SendError } from "../queue/message-queue.ts";
import type { EnqueueDependencies } from "../send/enqueue.ts";
import { sendWithRetry } from "../send/send-with-retry.ts";
import type { Event } from "./event.ts";
import { encodeExpandCopy, type Slice } from "./slice.ts";

export interface SliceToSend {
  readonly event: Event;
  readonly slice: Slice;
}

/** Answers, in order, the error of each that could not be sent. */
export async function sendSlices(
  deps: Pick<EnqueueDependencies, "queue" | "clock" | "observer" | "sendBackoff" | "settings">,
  slices: readonly SliceToSend[],
  correlationId: string,
): Promise<ReadonlyArray<SendError | undefined>> {
  const sendables = slices.map(({ event: { eventId, senderId, correlationId: own }, slice }) => {
    const copy = { eventId, senderId, correlationId: own, body: encodeExpandCopy({ eventId, ...slice }) };
    return { copyAt: () => ({ ...copy, delaySeconds: 0 }), fields: { eventId, correlationId } };
  });
  const errors = await sendWithRetry(deps, sendables, deps.settings.sendBudgetMs);
  for (const [{ fields }, { code, errorName, retryable, cause }] of errors) {
    deps.observer.metrics.add("SendFailures", 1, { errorCode: code });
    const told = { ...fields, errorCode: code, errorName, retryable };
    deps.observer.log.write("error", "send_failed", told, cause);
  }
  return sendables.map((one) => errors.get(one));
}
