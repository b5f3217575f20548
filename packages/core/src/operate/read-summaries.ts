/** What a list shows of messages besides themselves, whether they name their own target or bring an event. */
import type { EndpointOwner, EndpointStore } from "../endpoint/endpoint-store.ts";
import type { EventPayloadOwner, EventStore } from "../event/event-store.ts";
import { isDelivery, type Message } from "../message/message.ts";
import type { MessageStore, PayloadSummary } from "../store/message-store.ts";

export interface SummaryDependencies {
  readonly store: Pick<MessageStore, "getSummaries">;
  readonly events: Pick<EventStore, "getSummaries">;
  readonly endpoints: Pick<EndpointStore, "getMany">;
}

/** Without the target: its endpoint is deleted. Without anything: its payload was lost. */
export type MessageSummary = Partial<PayloadSummary>;

/** By message id. The target of a delivery is where its endpoint is now. @throws StorageError */
export async function readSummaries(
  { store, events, endpoints }: SummaryDependencies,
  messages: readonly Message[],
): Promise<ReadonlyMap<string, MessageSummary>> {
  const deliveries = messages.filter(isDelivery);
  const [summaries, ofEvents, known] = await Promise.all([
    store.getSummaries(messages.filter((message) => !isDelivery(message))),
    events.getSummaries(deliveries),
    endpoints.getMany(deliveries),
  ]);
  const eventByKey = new Map(ofEvents.map((event) => [eventKey(event), event]));
  const urlByKey = new Map(
    known.filter(({ state }) => state !== "DELETED").map((endpoint) => [endpointKey(endpoint), endpoint.url]),
  );
  return new Map<string, MessageSummary>([
    ...summaries,
    ...deliveries.map((message): [string, MessageSummary] => {
      const targetUrl = urlByKey.get(endpointKey(message));
      const metadata = eventByKey.get(eventKey(message))?.metadata;
      return [
        message.messageId,
        {
          method: "POST",
          ...(targetUrl === undefined ? {} : { targetUrl }),
          ...(metadata === undefined ? {} : { metadata }),
        },
      ];
    }),
  ]);
}

function eventKey({ eventId, requestHash }: EventPayloadOwner): string {
  return `${eventId} ${requestHash}`;
}

function endpointKey({ endpointId, senderId }: EndpointOwner): string {
  return `${endpointId} ${senderId}`;
}
