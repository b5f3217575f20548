/** Events: accepted once, delivered to every endpoint of the sender that matches. */
import { sendInBatches } from "./batch.ts";
import { newIdempotencyKey, type SendOptions } from "./idempotency-key.ts";
import { JsonText, messageJson } from "./json-text.ts";
import { itemsOf, queryOf } from "./pages.ts";
import type { CallOptions, Transport } from "./transport.ts";
import type {
  AcceptedEvent,
  CancelledEvent,
  EventBatchAcceptedResult,
  EventBatchEntry,
  EventBatchOutcome,
  EventDryRun,
  EventFilter,
  EventInput,
  EventList,
  EventListItem,
  EventView,
  PageOptions,
} from "./types.ts";

/** `explain`: also why each other endpoint of the sender did not get it. */
type Explained = CallOptions & { readonly explain?: boolean | undefined };

const PATH = "/v1/events";

export class Events {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Stores one event and queues a delivery to each endpoint that matches. A HomingError whose `stored` is true tells of
   * an event that is kept and delivered without another call. The body is a value, or a `JsonText` that is sent as it is
   * written.
   */
  async send(
    event: EventInput,
    { idempotencyKey = newIdempotencyKey(), ...options }: SendOptions = {},
  ): Promise<AcceptedEvent> {
    const body = messageJson(event, "The event");
    return this.#transport.call({
      ...options,
      method: "POST",
      path: PATH,
      body,
      idempotencyKey,
      repeatable: true,
    });
  }

  /** Where the event would go now; stores nothing. */
  async dryRun(event: EventInput, options: CallOptions = {}): Promise<EventDryRun> {
    const body = messageJson(event, "The event");
    return this.#transport.call({
      ...options,
      method: "POST",
      path: `${PATH}?dryRun=true`,
      body,
      repeatable: true,
    });
  }

  /** Sends any number of events, as `HomingClient.sendBatch` sends messages. */
  sendBatch(events: readonly EventBatchEntry[], options: CallOptions = {}): Promise<EventBatchOutcome[]> {
    return sendInBatches<EventBatchAcceptedResult>(this.#transport, "events", events, options);
  }

  /** Cancels what may be cancelled of its messages. Cancelled before, they stay so. */
  cancel(eventId: string, options: CallOptions = {}): Promise<CancelledEvent> {
    const again = { ...options, repeatable: true };
    return this.#transport.change("POST", `${pathOf(eventId, {})}/cancel`, undefined, again);
  }

  /**
   * Makes the messages that are missing: of an event that is PENDING, or that FAILED before all of them were there.
   * Answers it as it is then.
   */
  retry(eventId: string, options: CallOptions = {}): Promise<EventListItem> {
    return this.#transport.change("POST", `${pathOf(eventId, {})}/retry`, undefined, options);
  }

  get(eventId: string, options: Explained = {}): Promise<EventView> {
    return this.#transport.read(pathOf(eventId, options), options);
  }

  /** The same as JSON text: numbers, order and escapes of its body are as they were written. */
  async getJson(eventId: string, options: Explained = {}): Promise<JsonText> {
    return new JsonText(await this.#transport.read(pathOf(eventId, options), { ...options, asText: true }));
  }

  /** One page, newest first. It may be short, or empty, and still have a `nextCursor`. */
  listPage(filter: EventFilter & PageOptions = {}, options: CallOptions = {}): Promise<EventList> {
    return this.#transport.read(`${PATH}${queryOf(filter)}`, options);
  }

  /** Every matching event, newest first, page by page as they are asked for. */
  list(filter: EventFilter = {}, options: CallOptions = {}): AsyncGenerator<EventListItem, void, undefined> {
    return itemsOf((place) => this.listPage({ ...filter, ...place }, options));
  }
}

function pathOf(eventId: string, { explain }: Explained): string {
  return `${PATH}/${encodeURIComponent(eventId)}${queryOf({ explain })}`;
}
