/**
 * A listener takes what is held for a PAUSED endpoint, to make the requests in the worker's place: a developer's machine,
 * which nothing outside can reach. A delivery is its own until the lease is over, as it would be a worker's.
 */
import { momentOf } from "../clock.ts";
import { buildRequest, type SigningSecrets } from "../delivery/build-request.ts";
import type { OutgoingRequest } from "../delivery/http-client.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { isFresh } from "../endpoint/known-endpoint.ts";
import { HomingError } from "../error.ts";
import type { EventStore } from "../event/event-store.ts";
import { deliveryPayload } from "../message/contents.ts";
import { take } from "../message/delivery-lifecycle.ts";
import { type DeliveryMessage, isDelivery, isHeld, type Message, type Payload } from "../message/message.ts";
import { type GiveUpDependencies, giveUp } from "../send/give-up.ts";
import type { Settings } from "../settings.ts";
import type { IndexRow, MessageStore } from "../store/message-store.ts";

export interface TakeDependencies extends GiveUpDependencies {
  readonly store: GiveUpDependencies["store"] & Pick<MessageStore, "listHeld" | "getMany">;
  readonly events: Pick<EventStore, "getPayload">;
  readonly signingSecrets: Pick<SigningSecrets, "forEndpoint">;
  readonly settings: GiveUpDependencies["settings"] & Pick<Settings, "leaseMs">;
}

/** A delivery under a claim of the listener, to whom it alone is told. */
export interface Taken {
  readonly message: DeliveryMessage;
  readonly claimId: string;
  readonly request: OutgoingRequest;
}

export interface Taking {
  readonly limit: number;
  readonly correlationId: string;
  /** Since when the endpoint is known as it is here, in milliseconds since the epoch. */
  readonly readAt: number;
}

/** At most so many at once: all of their requests begin at once, well within their leases. */
export const MOST_TAKEN = 10;
/** What a listener is given at once, but for the first, which may be larger alone. */
const MOST_BYTES = 1_048_576;
/** Rows that are looked at in one call. Those of messages that wait, or are no longer held, are passed over. */
const PAGE = 100;
const MOST_PAGES = 5;

/** Oldest first. @throws HomingError CONFLICT if the endpoint is not PAUSED: then workers deliver to it. */
export async function takeHeld(
  deps: TakeDependencies,
  endpoint: Endpoint,
  taking: Taking,
): Promise<readonly Taken[]> {
  if (endpoint.state !== "PAUSED")
    throw new HomingError("CONFLICT", `The endpoint is ${endpoint.state}; a listener needs it PAUSED.`);
  const held = await readHeldMessages(deps, endpoint, taking.limit);
  const loaded = await Promise.all(held.map((message) => load(deps, endpoint, message, taking)));
  const chosen = withinBytes(loaded.flatMap((one) => one ?? []));
  const taken = await Promise.allSettled(chosen.map((one) => takeOne(deps, endpoint, one, taking)));
  const own = taken.flatMap((one) => (one.status === "fulfilled" ? (one.value ?? []) : []));
  const failed = taken.find((one) => one.status === "rejected");
  // Those that are taken have to be told of, or nobody would make their requests.
  if (failed && own.length === 0) throw failed.reason;
  return own;
}

async function readHeldMessages(
  { store, clock }: TakeDependencies,
  { endpointId }: Pick<Endpoint, "endpointId">,
  limit: number,
): Promise<readonly DeliveryMessage[]> {
  const held: DeliveryMessage[] = [];
  let after: IndexRow | undefined;
  for (let page = 0; page < MOST_PAGES && held.length < limit; page += 1) {
    const rows = await store.listHeld(endpointId, PAGE, after);
    const found = new Map<string, Message>();
    // A row is a hint: the message itself decides, and goes on from here only as it was read.
    for (const message of rows.length === 0 ? [] : await store.getMany(rows.map((row) => row.messageId)))
      found.set(message.messageId, message);
    const now = clock.now();
    for (const { messageId } of rows) {
      const message = found.get(messageId);
      if (message && isDelivery(message) && isHeld(message) && (message.notBefore ?? 0) <= now)
        held.push(message);
    }
    after = rows.at(-1);
    if (rows.length < PAGE) break;
  }
  return held.slice(0, limit);
}

interface LoadedMessage {
  readonly message: DeliveryMessage;
  readonly payload: Payload;
}

/** What a worker would not deliver either ends here. */
async function load(
  deps: TakeDependencies,
  endpoint: Endpoint,
  message: DeliveryMessage,
  { correlationId }: Taking,
): Promise<LoadedMessage | undefined> {
  if (message.deliverBy !== undefined && deps.clock.now() > message.deliverBy) {
    await giveUp(deps, message, "EXPIRED", correlationId);
    return undefined;
  }
  const event = await deps.events.getPayload(message);
  if (event !== undefined) return { message, payload: deliveryPayload(event.payload, endpoint) };
  await giveUp(deps, message, "PAYLOAD_MISSING", correlationId);
  return undefined;
}

function withinBytes(loaded: readonly LoadedMessage[]): readonly LoadedMessage[] {
  let bytes = 0;
  const end = loaded.findIndex(({ payload }) => {
    bytes += Buffer.byteLength(JSON.stringify(payload));
    return bytes > MOST_BYTES;
  });
  return end === -1 ? loaded : loaded.slice(0, Math.max(1, end));
}

async function takeOne(
  deps: TakeDependencies,
  endpoint: Endpoint,
  { message: read, payload }: LoadedMessage,
  { correlationId, readAt }: Taking,
): Promise<Taken | undefined> {
  const { now } = momentOf(deps.clock);
  // Of a call that stood still: the endpoint may be ACTIVE again, and what it held is to go to its own address.
  if (!isFresh({ readAt }, now)) return undefined;
  const transition = take(read, { now, correlationId, token: deps.newToken() }, deps.settings.leaseMs);
  const claimId = transition.token.value;
  const { applied, message } = await deps.store.apply(read.messageId, transition);
  // Somebody else was faster: another listener, whoever cancelled it, or a reconciler.
  if (!applied || message.claimId !== claimId || !isDelivery(message)) return undefined;
  const { eventId, eventType, messageId, senderId, endpointId, attempt } = message;
  deps.observer.log.write("info", "message_taken", {
    messageId,
    senderId,
    endpointId,
    correlationId,
    attempt,
  });
  const request = buildRequest({
    id: eventId,
    event: { eventType, svixHeaders: endpoint.svixHeaders },
    order: message,
    payload,
    correlationId: message.correlationId,
    now,
    secrets: deps.signingSecrets.forEndpoint(endpoint),
  });
  return { message, claimId, request };
}
