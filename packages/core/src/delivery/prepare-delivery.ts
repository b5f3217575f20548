/** What a copy asks for, now: to be requested, or, by the state that its endpoint is in, something else. */
import { type Clock, elapsedMs, momentOf } from "../clock.ts";
import type { ProbedAttempt } from "../endpoint/endpoint.ts";
import type { EndpointReader } from "../endpoint/endpoint-reader.ts";
import { holdReason, isProbe } from "../endpoint/gate.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import type { EventStore } from "../event/event-store.ts";
import { isForListeners } from "../listen/listened-host.ts";
import { type Contents, deliveryPayload } from "../message/contents.ts";
import { type Copy, type DeliveryCopy, isDeliveryCopy } from "../message/copy.ts";
import * as DeliveryLifecycle from "../message/delivery-lifecycle.ts";
import type { HoldReason, Payload } from "../message/message.ts";
import type { Occasion } from "../message/step.ts";
import type { Transition } from "../message/transition.ts";
import type { SigningSecrets } from "./build-request.ts";

export interface PrepareDependencies {
  readonly endpointReader: EndpointReader;
  readonly events: Pick<EventStore, "getPayload">;
  readonly signingSecrets: SigningSecrets;
  readonly clock: Clock;
}

/** Everything of a request but what is read beside the claim. */
export interface Prepared {
  readonly targetUrl: string;
  readonly secrets: readonly string[];
  /** Of a delivery: by what it is made. */
  readonly endpoint?: KnownEndpoint;
  /** The receiver wants Svix's headers as well. */
  readonly svixHeaders: boolean;
  /** How old what is known of the endpoint is; 0 of a message that names its target. */
  readonly ageMs: () => number;
  /** Undefined if it is gone. */
  readonly load: () => Promise<Loaded | undefined>;
}

export interface Loaded {
  readonly payload: Payload;
  /** What a copy of the next attempt brings. */
  readonly contents: Contents;
}

/** @throws StorageError */
export async function prepareDelivery(
  deps: PrepareDependencies,
  messageId: string,
  copy: Copy,
): Promise<Prepared | { readonly stop: StopReason }> {
  if (!isDeliveryCopy(copy)) {
    const { payload } = copy;
    return {
      targetUrl: payload.targetUrl,
      secrets: await deps.signingSecrets.forSender(copy.senderId),
      svixHeaders: false,
      ageMs: () => 0,
      load: async () => ({ payload, contents: payload }),
    };
  }
  const attempt = { messageId, attempt: copy.attempt };
  const endpoint = await readEndpoint(deps, copy, attempt);
  const stop = stopReason(copy, endpoint, attempt);
  if (stop !== undefined) return { stop };
  const known = endpoint as KnownEndpoint;
  return {
    endpoint: known,
    targetUrl: known.url,
    secrets: deps.signingSecrets.forEndpoint({ ...known, ...ownerOf(copy) }),
    svixHeaders: known.svixHeaders,
    ageMs: ageOf(known, deps.clock),
    load: async () => {
      const event = copy.event ?? (await deps.events.getPayload(copy))?.payload;
      return event && { payload: deliveryPayload(event, known), contents: { event, endpoint: known } };
    },
  };
}

/**
 * What the copy brings was read by another's clock, and may be older than it seems: it stops nothing. A message could be
 * held for it once nobody looks for such any more. A copy that says it is the probe is not held by what was remembered,
 * which may be from before it was chosen: of two clocks that differ each probe could be held so, and the endpoint never be
 * found well.
 */
async function readEndpoint(
  { endpointReader }: PrepareDependencies,
  copy: DeliveryCopy,
  attempt: ProbedAttempt,
): Promise<KnownEndpoint | undefined> {
  const brought = await endpointReader.read(copy, copy.endpoint);
  const isStopped = brought !== undefined && stopReason(copy, brought, attempt) !== undefined;
  const endpoint = isStopped && brought === copy.endpoint ? await endpointReader.read(copy) : brought;
  const isDoubtful = endpoint?.gate !== undefined && !isProbe(endpoint.gate, attempt);
  return isDoubtful && isProbe(copy.endpoint?.gate, attempt) ? endpointReader.readNow(copy) : endpoint;
}

/** By the clock that goes further from now on: a process that stands still may not think that it knows. */
function ageOf({ readAt }: KnownEndpoint, clock: Clock): () => number {
  const since = momentOf(clock);
  return () => Math.max(0, since.now - readAt) + elapsedMs(clock, since);
}

export type StopReason = HoldReason | "ENDPOINT_DISABLED" | "ENDPOINT_DELETED";

/**
 * Only what somebody asked for by hand goes to an endpoint that is not ACTIVE, and nothing to one that is gone. Where
 * only listeners can deliver, they get that too. One that fails and holds gets its probe, and what is asked for by hand.
 */
function stopReason(
  { forced }: DeliveryCopy,
  endpoint: KnownEndpoint | undefined,
  attempt: ProbedAttempt,
): StopReason | undefined {
  switch (endpoint?.state) {
    case undefined:
    case "DELETED":
      return "ENDPOINT_DELETED";
    case "PAUSED":
      return forced && !isForListeners(endpoint) ? undefined : "ENDPOINT_PAUSED";
    case "DISABLED":
      return forced ? undefined : "ENDPOINT_DISABLED";
    default:
      return endpoint === undefined || forced ? undefined : holdReason(endpoint, attempt);
  }
}

/** Instead of the claim: no attempt is counted. */
export function stopTransition(
  copy: DeliveryCopy,
  reason: StopReason,
  occasion: Occasion,
  retentionMs: number,
): Transition {
  const untouched = { copyAttempt: copy.attempt, forced: copy.forced };
  switch (reason) {
    case "ENDPOINT_PAUSED":
    case "ENDPOINT_FAILING":
      return DeliveryLifecycle.hold(untouched, copy, occasion, reason);
    case "ENDPOINT_DISABLED":
      return DeliveryLifecycle.failDisabled(untouched, copy, occasion, retentionMs);
    case "ENDPOINT_DELETED":
      return DeliveryLifecycle.cancelDeleted(untouched, occasion, retentionMs);
  }
}

function ownerOf({ senderId, endpointId }: DeliveryCopy) {
  return { senderId, endpointId };
}
