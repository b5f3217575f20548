/** A copy that comes long after its slot in the pace of a limited endpoint: what has piled up may not go out at once. */
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import { type Copy, type DeliveryCopy, isDeliveryCopy } from "../message/copy.ts";
import { repace } from "../message/delivery-lifecycle.ts";
import { AT_ONCE_MS, isLate } from "../message/slot.ts";
import type { RecordResult } from "../queue/queue-record.ts";
import { type EnqueueDependencies, enqueue, SHORTEST_ENQUEUE_MS } from "../send/enqueue.ts";
import { reserveAll } from "../send/reserve-slots.ts";
import { type EndLeaseDependencies, endLease } from "./end-lease.ts";
import type { Prepared } from "./prepare-delivery.ts";

export type LateCopyDependencies = EndLeaseDependencies & EnqueueDependencies;

export interface LateCopy {
  readonly copy: DeliveryCopy & { readonly slotAt: number };
  readonly endpoint: KnownEndpoint;
}

/** Only of an endpoint that is limited still, and not what somebody has asked for by hand. */
export function lateCopy(copy: Copy, { endpoint }: Prepared, now: number): LateCopy | undefined {
  if (!isDeliveryCopy(copy) || copy.forced || copy.slotAt === undefined) return undefined;
  const { slotAt } = copy;
  return endpoint?.rateLimit !== undefined && isLate(slotAt, now)
    ? { copy: { ...copy, slotAt }, endpoint }
    : undefined;
}

/**
 * It takes a new slot, once: behind a backlog every copy comes late, and would be put off for ever. Undefined if the slot
 * is now; else what becomes of the record. @throws StorageError
 */
export async function takeNewSlot(
  deps: LateCopyDependencies,
  messageId: string,
  { copy, endpoint }: LateCopy,
  load: Prepared["load"],
  correlationId: string,
  forClaimMs: () => number,
): Promise<RecordResult | undefined> {
  const [reserving] = reserveAll(deps, [{ owner: copy, endpoint }]);
  const slotAt = await reserving;
  const now = deps.clock.now();
  if (slotAt !== undefined && slotAt <= now + AT_ONCE_MS) return undefined;
  const occasion = { now, correlationId, token: deps.newToken() };
  const { applied, message } = await deps.store.apply(
    messageId,
    repace(copy, { slotAt, round: endpoint.paceRound }, occasion),
    forClaimMs(),
  );
  if (applied) {
    deps.observer.metrics.add("MessagesThrottled");
    // What cannot be done now is the reconciler's, when it is due.
    const loaded = forClaimMs() < SHORTEST_ENQUEUE_MS ? undefined : await load();
    if (loaded) await enqueue(deps, { message, contents: loaded.contents, correlationId });
    return "done";
  }
  if (message === undefined) {
    // As in a claim: a copy of nothing is somebody's mistake, and belongs to the dead letters.
    deps.observer.log.write("error", "message_unknown", { messageId, correlationId });
    return "return";
  }
  // Its own worker died in the middle of the attempt: it is taken from that one, and takes a slot when it comes again.
  if (message.attempt === copy.attempt) await endLease(deps, message, correlationId, forClaimMs());
  return "done";
}
