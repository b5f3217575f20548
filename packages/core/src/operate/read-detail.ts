/** One message with all that is known of it, whether it names its own target or brings an event. */
import type { EndpointStore } from "../endpoint/endpoint-store.ts";
import type { EventStore } from "../event/event-store.ts";
import { deliveryPayload } from "../message/contents.ts";
import { type DeliveryMessage, isDelivery, type Payload } from "../message/message.ts";
import type { MessageDetail, MessageStore } from "../store/message-store.ts";

export interface DetailDependencies {
  readonly store: Pick<MessageStore, "getDetail">;
  readonly events: Pick<EventStore, "getPayload">;
  readonly endpoints: Pick<EndpointStore, "get">;
}

export interface Detail extends Omit<MessageDetail, "payload"> {
  /** What its next attempt would send. Without the target: its endpoint is deleted. Absent: it was lost. */
  readonly payload?: Partial<Payload>;
}

/** @throws StorageError */
export async function readDetail(deps: DetailDependencies, messageId: string): Promise<Detail | undefined> {
  const detail = await deps.store.getDetail(messageId);
  if (!detail || !isDelivery(detail.message)) return detail;
  const payload = await readDelivered(deps, detail.message);
  return { ...detail, ...(payload ? { payload } : {}) };
}

async function readDelivered(
  { events, endpoints }: DetailDependencies,
  message: DeliveryMessage,
): Promise<Partial<Payload> | undefined> {
  const [event, endpoint] = await Promise.all([
    events.getPayload(message),
    endpoints.get(message.senderId, message.endpointId),
  ]);
  if (!event) return undefined;
  return endpoint === undefined || endpoint.state === "DELETED"
    ? { ...event.payload, method: "POST" }
    : deliveryPayload(event.payload, endpoint);
}
