/** What a message brings, from where it is stored. */
import { allEnded } from "../all-ended.ts";
import type { EndpointReader } from "../endpoint/endpoint-reader.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import type { EventStore } from "../event/event-store.ts";
import type { Contents } from "../message/contents.ts";
import { isDelivery, type Message } from "../message/message.ts";
import type { MessageStore } from "../store/message-store.ts";

export interface ContentsDependencies {
  readonly store: Pick<MessageStore, "getPayload" | "keepPayload">;
  readonly events: Pick<EventStore, "getPayload" | "keepPayload">;
  readonly endpointReader: EndpointReader;
}

/** `known`: the endpoint, if it may be used still. Undefined if the payload is gone, the message's own or its event's. @throws StorageError */
export async function readContents(
  { store, events, endpointReader }: ContentsDependencies,
  message: Message,
  known?: KnownEndpoint,
): Promise<Contents | undefined> {
  if (!isDelivery(message)) return store.getPayload(message);
  const [stored, endpoint] = await allEnded([
    events.getPayload(message),
    endpointReader.read(message, known),
  ]);
  return stored && { event: stored.payload, ...(endpoint === undefined ? {} : { endpoint }) };
}

/**
 * Keeps what the message brings until `expiresAt` at least. The payload of an event that lasts beyond `enough` is left
 * as it is: renewing costs its size, once for each of its deliveries. False if it is gone.
 *
 * @throws StorageError
 */
export async function keepContents(
  { store, events }: Pick<ContentsDependencies, "store" | "events">,
  message: Message,
  expiresAt: number,
  enough: number,
): Promise<boolean> {
  if (!isDelivery(message)) return store.keepPayload(message, expiresAt);
  const stored = await events.getPayload(message);
  if (stored === undefined) return false;
  return stored.expiresAt >= enough || events.keepPayload(message, expiresAt);
}
