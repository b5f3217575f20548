/** Cancels the messages of an event that are not being delivered. */

import * as Lifecycle from "../message/lifecycle.ts";
import { actOnEach } from "../operate/bulk.ts";
import type { OperateDependencies } from "../operate/operate.ts";
import type { Event } from "./event.ts";
import { deliveryIdOf } from "./event-id.ts";

export interface CancelledMessages {
  readonly cancelled: number;
  readonly skipped: number;
}

/** Messages that are not made yet are not cancelled: a second call finds them. @throws StorageError */
export async function cancelEvent(
  deps: OperateDependencies,
  event: Event,
  correlationId: string,
): Promise<CancelledMessages> {
  const ids = event.matched.map((endpointId) => deliveryIdOf(event.eventId, endpointId));
  const messages = await deps.store.getMany(ids);
  const waiting = messages.filter(({ status }) => status === "PENDING" || status === "QUEUED");
  const cancelled = await actOnEach(deps, waiting, correlationId, async ({ messageId }) => {
    const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
    const written = await deps.store.apply(messageId, Lifecycle.cancel(occasion, deps.settings.retentionMs));
    return written.applied ? written.message : undefined;
  });
  return { cancelled: cancelled.length, skipped: messages.length - cancelled.length };
}
